import * as z from 'zod';
import { taskName, taskSchema } from './task';
import { prices } from './task-cost';
import { LOG_LEVEL, required } from './variables';
import { json } from './worker-metadata';

/** The environments of the functions. The stacks provide what is declared here; one that is left out does not compile. */

/** Of all three. */
const common = {
  PROJECT: required,
  LOG_LEVEL,
  /** Firestore database with the ledger. */
  LEDGER_DATABASE: required,
  /** Machine and disk prices by what they are of, US dollars. */
  PRICES: json(prices),
};

export const createWorkerEnvironment = z
  .object({
    ...common,
    /** The declared tasks, by name. */
    TASKS: json(z.record(taskName, taskSchema)),
    /** First part of every machine's name. */
    NAME_PREFIX: z.string('is missing').regex(/^[a-z][a-z0-9-]{0,25}$/, 'not the start of an instance name'),
    /** What machines boot: `projects/P/global/images/family/F`, or one image. */
    BOOT_IMAGE: required,
    /** `projects/P/regions/R/subnetworks/S`, of the region that the tasks' zones are in. */
    SUBNETWORK: required,
    /** The account that machines run as. */
    WORKER_ACCOUNT: required,
    /** Short name of the topic that agents report on. */
    REPORTING_TOPIC: required,
    /** Who may call the web hook: a Google identity, which the platform checks before us, or whoever signs. */
    WEBHOOK: z.enum(['google', 'hmac'], 'must be "google" or "hmac"'),
    /** With `hmac`: what requests are signed with, from Secret Manager. */
    WEBHOOK_SECRET: z.string().min(32, 'is shorter than 32 characters').optional(),
  })
  .refine(({ WEBHOOK, WEBHOOK_SECRET }) => WEBHOOK === 'google' || WEBHOOK_SECRET !== undefined, {
    path: ['WEBHOOK_SECRET'],
    message: 'is missing: with WEBHOOK=hmac requests are checked with it',
  });

export const deleteWorkerEnvironment = z.object({
  ...common,
  /** Short name of the topic that asks for runs: a retry is asked for there. */
  REQUEST_TOPIC: required,
});

export const reapWorkersEnvironment = z.object({ ...common });

/** As a stack provides them. */
export type CreateWorkerVariables = z.input<typeof createWorkerEnvironment>;
export type DeleteWorkerVariables = z.input<typeof deleteWorkerEnvironment>;
export type ReapWorkersVariables = z.input<typeof reapWorkersEnvironment>;

/** The exported functions, as Google calls them. */
export const ENTRY_POINTS = { webhook: 'webhook', createWorker: 'create_worker', deleteWorker: 'delete_worker', reapWorkers: 'reap_workers' } as const;

/** Structured log events that metrics and alerts are made of: the field `event` of the log line. */
export const EVENTS = {
  taskFailed: 'task_failed',
  taskLost: 'task_lost',
  deleteFailed: 'delete_failed',
  /** A run of the reaper left something undone. */
  reapFailed: 'reap_failed',
  /** A run of the reaper did all there was to do: these not coming is an alert. */
  reaped: 'reaped',
  /** A record of the ledger cannot be read. */
  ledgerBroken: 'ledger_broken',
  /** A function's environment is not one that it can work with. */
  notConfigured: 'not_configured',
} as const;
