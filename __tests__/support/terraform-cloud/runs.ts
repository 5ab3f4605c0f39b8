import { randomBytes } from 'node:crypto';
import type { Execution } from './execution';
import { many, newId, nothing, one, type Resource, refusal } from './json-api';
import { type Handler, type Request, type Routes, withWorkspace } from './router';
import type { Phase, Run, Workspace } from './store';
import { resourceOf as workspaceResource } from './workspaces';

const newPhase = (prefix: string): Phase => ({ id: newId(prefix), status: 'pending', log: '' });

function newRun(workspace: Workspace, configuration: Run['configuration'], options: Run['options']): Run {
  let decide: Run['decide'] = () => {};
  const decided = new Promise<boolean>((resolve) => {
    decide = resolve;
  });
  const token = randomBytes(20).toString('hex');
  const common = { id: newId('run'), token, workspace, configuration, options, decided, decide };
  return { ...common, status: 'pending', hasChanges: false, plan: newPhase('plan'), apply: newPhase('apply') };
}

const isOver = ({ status }: Run) => ['planned_and_finished', 'applied', 'errored', 'discarded', 'canceled'].includes(status);
const waits = ({ status }: Run) => status === 'planned' || status === 'planned_and_saved';

function resourceOf(run: Run): Resource {
  const { id, status, hasChanges, options, plan, apply, workspace, configuration } = run;
  return {
    id,
    type: 'runs',
    attributes: {
      ...options,
      status,
      'has-changes': hasChanges,
      'terraform-version': workspace.terraformVersion,
      'created-at': new Date().toISOString(),
      actions: { 'is-cancelable': !isOver(run), 'is-confirmable': waits(run), 'is-discardable': waits(run), 'is-force-cancelable': false },
      permissions: { 'can-apply': true, 'can-cancel': true, 'can-discard': true, 'can-force-cancel': true, 'can-force-execute': true },
    },
    relationships: {
      workspace: { data: { id: workspace.id, type: 'workspaces' } },
      'configuration-version': { data: { id: configuration.id, type: 'configuration-versions' } },
      plan: { data: { id: plan.id, type: 'plans' } },
      apply: { data: { id: apply.id, type: 'applies' } },
    },
  };
}

function phaseResource(type: 'plans' | 'applies', { id, status }: Phase, { hasChanges }: Run, url: Request['url']): Resource {
  return { id, type, attributes: { status, 'log-read-url': url(`/archivist/logs/${id}`), ...(type === 'plans' && { 'has-changes': hasChanges }) } };
}

/** A log of which more may come begins with STX, and ends with ETX when that was all. */
function logPart({ status, log }: Phase, query: URLSearchParams): Buffer {
  const isDone = status !== 'pending' && status !== 'running';
  const all = Buffer.from(`\x02${log}${isDone ? '\x03' : ''}`);
  const offset = Number(query.get('offset') ?? 0);
  return all.subarray(offset, offset + Number(query.get('limit') ?? 65536));
}

const withRun =
  (answer: (run: Run, request: Request) => ReturnType<Handler>): Handler =>
  (request) => {
    const [id] = request.params;
    const run = [...request.store.runs.values()].find((one) => one.id === id || one.plan.id === id || one.apply.id === id);
    return run ? answer(run, request) : refusal(404);
  };

const withPlanJson = withRun(({ planJson }) => (planJson ? { status: 200, bytes: planJson } : refusal(404)));

export function runs(execution: Execution): Routes {
  return {
    'POST /runs': ({ store, sent, caller }) => {
      const workspace = store.workspace(sent.relationships.workspace?.data?.id ?? '');
      const configuration = store.configurations.get(sent.relationships['configuration-version']?.data?.id ?? '');
      if (caller.is !== 'person' || !workspace || !configuration) return refusal(404);
      if (!configuration.content) return refusal(422, 'Configuration version is not uploaded');
      const options = { ...sent.attributes, 'plan-only': sent.attributes['plan-only'] === true || configuration.speculative };
      const run = newRun(workspace, configuration, options);
      store.runs.set(run.id, run);
      execution.queue(run);
      return one(resourceOf(run), 201, [workspaceResource(workspace)]);
    },
    'GET /runs/*': withRun((run, { url }) => one(resourceOf(run), 200, [workspaceResource(run.workspace), phaseResource('plans', run.plan, run, url)])),
    'GET /workspaces/*/runs': withWorkspace((workspace, { store }) =>
      many(
        [...store.runs.values()]
          .filter((run) => run.workspace === workspace)
          .map(resourceOf)
          .reverse(),
      ),
    ),
    'GET /runs/*/run-events': withRun(() => many([])),
    'GET /plans/*': withRun((run, { url }) => one(phaseResource('plans', run.plan, run, url))),
    'GET /plans/*/json-output': withPlanJson,
    'GET /plans/*/json-output-redacted': withPlanJson,
    'GET /applies/*': withRun((run, { url }) => one(phaseResource('applies', run.apply, run, url))),
    'POST /runs/*/actions/apply': withRun((run) => {
      if (!waits(run)) return refusal(409, `the run is ${run.status}`);
      run.decide(true);
      return { status: 202, json: {} };
    }),
    'POST /runs/*/actions/discard': withRun((run) => {
      run.decide(false);
      return { status: 202, json: {} };
    }),
    'POST /runs/*/actions/cancel': withRun((run) => {
      execution.cancel(run);
      return { status: 202, json: {} };
    }),
    'POST /runs/*/comments': () => nothing,
    'GET /archivist/logs/*': withRun((run, { params, query }) => ({ status: 200, bytes: logPart(run.plan.id === params[0] ? run.plan : run.apply, query) })),
  };
}
