import type { ChildProcess } from 'node:child_process';
import { newId } from './json-api';

export interface Workspace {
  readonly id: string;
  readonly name: string;
  executionMode: 'remote' | 'local';
  terraformVersion: string;
  autoApply: boolean;
  /** Who holds the lock. */
  lockedBy?: string;
  /** Every workspace of the organization may read its state. */
  globalRemoteState: boolean;
  /** Ids of the workspaces that may read its state. */
  readonly consumers: Set<string>;
  /** The newest last. */
  readonly states: StateVersion[];
  /** Runs, one after the other. */
  turn: Promise<void>;
}

export interface StateVersion {
  readonly id: string;
  readonly workspace: Workspace;
  readonly serial: number;
  readonly lineage: string;
  readonly md5: string;
  /** Not there until it is uploaded. */
  content?: Buffer;
}

export interface ConfigurationVersion {
  readonly id: string;
  readonly speculative: boolean;
  /** The upload, a tar.gz. */
  content?: Buffer;
}

export type RunStatus =
  | 'pending'
  | 'planning'
  | 'planned'
  | 'planned_and_finished'
  | 'planned_and_saved'
  | 'confirmed'
  | 'applying'
  | 'applied'
  | 'errored'
  | 'discarded'
  | 'canceled';

/** Plan or apply. */
export interface Phase {
  readonly id: string;
  status: 'pending' | 'running' | 'finished' | 'errored' | 'canceled';
  log: string;
}

export interface Run {
  readonly id: string;
  /** What Terraform in this run talks to the API with. */
  readonly token: string;
  readonly workspace: Workspace;
  readonly configuration: ConfigurationVersion;
  /** As they were asked for, in the API's words. */
  readonly options: Readonly<Record<string, unknown>>;
  status: RunStatus;
  hasChanges: boolean;
  readonly plan: Phase;
  readonly apply: Phase;
  /** Terraform's own JSON of the plan. */
  planJson?: Buffer;
  /** Somebody's yes or no to the plan. */
  readonly decided: Promise<boolean>;
  decide: (go: boolean) => void;
  /** What of it is at work. */
  child?: ChildProcess;
}

/** All that the server knows: it ends with it. */
export class Store {
  readonly workspaces: Workspace[] = [];
  readonly configurations = new Map<string, ConfigurationVersion>();
  readonly runs = new Map<string, Run>();

  constructor(
    readonly organization: string,
    /** Of workspaces that say nothing else. */
    private readonly executionMode: Workspace['executionMode'],
    readonly terraformVersion: string,
  ) {}

  workspace(nameOrId: string): Workspace | undefined {
    return this.workspaces.find(({ id, name }) => id === nameOrId || name === nameOrId);
  }

  addWorkspace(name: string): Workspace {
    const workspace: Workspace = {
      id: newId('ws'),
      name,
      executionMode: this.executionMode,
      terraformVersion: this.terraformVersion,
      autoApply: false,
      globalRemoteState: false,
      consumers: new Set(),
      states: [],
      turn: Promise.resolve(),
    };
    this.workspaces.push(workspace);
    return workspace;
  }

  stateVersion(id: string): StateVersion | undefined {
    return this.workspaces.flatMap(({ states }) => states).find((version) => version.id === id);
  }
}

/** The newest state that has arrived. */
export const currentState = ({ states }: Workspace): StateVersion | undefined => states.findLast(({ content }) => content !== undefined);
