import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Cloud } from '../../../rehearsal/cloud/cloud';
import { serveProviders } from '../../../rehearsal/provider/server';
import { certificateIn } from './certificate';
import { configurationVersions } from './configuration-versions';
import { Execution } from './execution';
import { type Answer, refusal, sentIn } from './json-api';
import { organizations } from './organizations';
import { type Caller, type Routes, routed } from './router';
import { runs } from './runs';
import { settingsIn } from './settings';
import { stateVersions } from './state-versions';
import { Store } from './store';
import { workspaces } from './workspaces';

/** What the process is told, as JSON in its only argument. */
export interface Task {
  /** For whatever it writes. Sockets are in it: its path must be short. */
  readonly folder: string;
  readonly organization: string;
  readonly token: string;
  readonly executionMode: 'remote' | 'local';
  readonly hides: readonly string[];
  /** The stand-in cloud's journal. */
  readonly cloud: string;
}

/** What it says once it listens, in a line of JSON. */
export interface Listening {
  readonly port: number;
  readonly certificate: string;
  /** For every Terraform that shall talk to the same stand-in cloud. */
  readonly providers: Readonly<Record<string, string>>;
}

const DISCOVERY = '/.well-known/terraform.json';
const SERVICES = { 'tfe.v2': '/api/v2/', 'tfe.v2.1': '/api/v2/', 'tfe.v2.2': '/api/v2/', 'state.v2': '/api/v2/' };
const HEADERS = { 'tfp-api-version': '2.6', 'tfp-appname': 'HCP Terraform' };

async function main(task: Task): Promise<void> {
  const { folder, organization, token, executionMode, hides } = task;
  mkdirSync(join(folder, 'runs'), { recursive: true });
  const certificate = certificateIn(folder);
  const providers = await serveProviders({ cloud: Cloud.open(task.cloud), socketFolder: folder });
  const version = (JSON.parse(execFileSync('terraform', ['version', '-json'], { encoding: 'utf8' })) as { terraform_version: string }).terraform_version;
  const store = new Store(organization, executionMode, version);
  let host = '';
  const execution = new Execution({
    folder: join(folder, 'runs'),
    hides,
    env: { PATH: process.env.PATH, SSL_CERT_FILE: certificate.certificate, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1', ...providers.env },
    settings: (home, runToken) => settingsIn(home, host, runToken),
  });
  const routes: Routes = { ...organizations, ...workspaces, ...stateVersions, ...configurationVersions, ...runs(execution) };

  const callerOf = (authorization = ''): Caller => {
    const given = authorization.replace(/^Bearer /, '');
    const run = [...store.runs.values()].find((one) => one.token === given);
    if (run) return { is: 'run', run };
    return { is: given === token ? 'person' : 'nobody' };
  };
  const answer = async (method: string, address: URL, authorization: string | undefined, body: Buffer): Promise<Answer> => {
    if (address.pathname === DISCOVERY) return { status: 200, json: SERVICES };
    const caller = callerOf(authorization);
    const isOpen = address.pathname.startsWith('/archivist/');
    if (!isOpen && caller.is === 'nobody') return refusal(401);
    const found = routed(routes, method, isOpen ? address.pathname : address.pathname.replace(/^\/api\/v2/, ''));
    if (!found) return refusal(404);
    const sent = sentIn(isOpen ? Buffer.alloc(0) : body);
    return found.handler({ caller, params: found.params, query: address.searchParams, sent, body, store, url: (path) => `https://${host}${path}` });
  };
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = 'GET', url = '/', headers } = request;
    const address = new URL(url, 'https://localhost');
    const { status, json, bytes } = await answer(method, address, headers.authorization, Buffer.concat(pieces)).catch((error) => {
      process.stderr.write(`${method} ${url}: ${error.stack}\n`);
      return { status: 500, json: {}, bytes: undefined };
    });
    appendFileSync(join(folder, 'requests.jsonl'), `${JSON.stringify({ method, path: address.pathname, status })}\n`);
    const type = address.pathname === DISCOVERY ? 'application/json' : 'application/vnd.api+json';
    response.writeHead(status, { ...HEADERS, 'content-type': bytes ? 'application/octet-stream' : type });
    response.end(bytes ?? (json === undefined ? '' : JSON.stringify(json)));
  };

  const server = createServer({ cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) }, (request, response) => {
    void listener(request, response);
  });
  server.listen(0, 'localhost', () => {
    const { port } = server.address() as AddressInfo;
    host = `localhost:${port}`;
    const listening: Listening = { port, certificate: certificate.certificate, providers: providers.env };
    console.log(JSON.stringify(listening));
  });
}

void main(JSON.parse(process.argv[2] ?? '') as Task);
