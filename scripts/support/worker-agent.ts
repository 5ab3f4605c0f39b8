import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TaskResult, taskResult } from '../../services/contracts/task-result';
import type { WorkerMetadataText } from '../../services/contracts/worker-metadata';

export const AGENT = '.cache/worker.js';

/** One task for docker-worker's agent on this machine: everything is in one folder. */
export interface LocalAgent {
  /** Node's arguments. */
  readonly args: readonly string[];
  /** The report, as it would be published. */
  readonly report: string;
}

/** @param isLocal the image is one that this engine has; otherwise it is pulled, as the machines do */
export function localAgent(folder: string, metadata: WorkerMetadataText, { isLocal }: { readonly isLocal: boolean }): LocalAgent {
  const [file, state, shared, report] = ['metadata.json', 'state', 'shared', 'result.jsonl'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  mkdirSync(shared, { recursive: true });
  writeFileSync(file, JSON.stringify(metadata));
  const paths = ['--metadata', file, '--state', state, '--shared', shared, '--report', report];
  return { args: [AGENT, ...paths, '--patience', '10', ...(isLocal ? ['--pull', 'missing'] : [])], report };
}

/** What the agent has reported. */
export function reported({ report }: LocalAgent): TaskResult {
  return taskResult.parse(JSON.parse(readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? ''));
}

/** How it ended, in words. */
export const outcome = ({ error, exitCode }: TaskResult): string => (error ? `${error.code}: ${error.message}` : `exit code ${exitCode}`);
