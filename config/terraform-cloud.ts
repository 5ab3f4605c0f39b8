import * as z from 'zod';
import { adopt } from './adopt';
import { acrossFields, backend, domainName, protection } from './fields';

/** As Terraform Cloud has it: it becomes part of every token's subject, so nothing that separates the parts of one may stand in it. */
const organizationName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$/, 'not the name of an organization: 3 to 40 letters, digits, hyphens and underscores');

/** `*` stands for any characters: `vulpine-containers-*`. */
const stackPattern = z.string().regex(/^[a-z0-9*-]+$/, 'not the name of a stack, or a pattern such as vulpine-containers*');

const execution = z.union(
  [
    z.literal('remote'),
    z.literal('local'),
    z.strictObject({
      /** Id of a pool of agents that somebody runs: they reach what the Internet does not. */
      agentPool: z.string().regex(/^apool-[A-Za-z0-9]+$/, 'not the id of an agent pool, such as apool-abc123'),
    }),
  ],
  'must be "remote", "local" or { "agentPool": "apool-..." }',
);

/** What happens to a run that somebody wants to hear of. */
const TRIGGERS = ['run:created', 'run:planning', 'run:needs_attention', 'run:applying', 'run:completed', 'run:errored'] as const;

const triggers = z
  .array(z.enum(TRIGGERS, `must be one of ${TRIGGERS.join(', ')}`))
  .min(1, 'must name what to tell of')
  .refine((all) => new Set(all).size === all.length, 'names one twice')
  .default(['run:needs_attention', 'run:errored']);

/** A URL that posts to a channel is a secret: it is asked for when the stack is deployed, as TF_VAR_notification_url_<key>. */
const notification = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('email'),
      /** Ids of members of the organization. */
      users: z.array(z.string().regex(/^user-[A-Za-z0-9]+$/, 'not the id of a user, such as user-abc123')).min(1, 'must name a user'),
      triggers,
    }),
    z.strictObject({ type: z.literal('slack'), triggers }),
    z.strictObject({ type: z.literal('generic'), triggers }),
  ],
  'must have a "type" of "email", "slack" or "generic"',
);

const shared = z.strictObject({
  protection,
  /** Where the estate's own stacks keep their state while TF_CLOUD_ORGANIZATION is not set. */
  backend: backend.default({ type: 'local' }),
  adopt,
  /** Whose workspaces these are. Without one there is no such estate. */
  organization: organizationName.optional(),
  /** Its id: who gets the name after you gets nothing else. Without it the name alone counts at Google. */
  organizationId: z
    .string()
    .regex(/^org-[A-Za-z0-9]+$/, 'not the id of an organization, such as org-abc123')
    .optional(),
  /** Of Terraform Enterprise: another host than HashiCorp's own. */
  hostname: domainName.default('app.terraform.io'),
  /** What every workspace runs: what you run too, or one of you cannot read the other's state. */
  terraformVersion: z.string().regex(/^\d+\.\d+\.\d+$/, 'not a version of Terraform: three numbers, such as 1.11.4'),
  /** Where runs are, by stack; the first that matches counts. Without one: remote, but local for Docker and Kubernetes, which Terraform Cloud does not reach. */
  execution: z.record(stackPattern, execution).default({}),
  /** Whether an applied stack has those planned again that read its outputs. */
  runTriggers: z.enum(['on', 'off'], 'must be "on" or "off"').default('on'),
  /** Who is told of runs, by a name of your choice. */
  notifications: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'a key of a notification is lower-case letters, digits and underscores'), notification)
    .default({}),
});

type Raw = { shared: z.output<typeof shared> };

export const terraformCloudSchema = z
  .strictObject({ shared })
  .refine(
    ...acrossFields(
      ['shared', 'organizationId'],
      'names nothing: set shared.organization too',
      ({ shared: { organization, organizationId } }: Raw) => organizationId === undefined || organization !== undefined,
    ),
  );

export type TerraformCloudConfig = z.output<typeof terraformCloudSchema>;
export type Execution = TerraformCloudConfig['shared']['execution'][string];
export type Notification = TerraformCloudConfig['shared']['notifications'][string];

export const terraformCloudValues: z.input<typeof terraformCloudSchema> = {
  shared: { protection: 'on', terraformVersion: '1.11.4' },
};
