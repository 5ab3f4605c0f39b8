import * as z from 'zod';
import { json, required } from './variables';

/** The environment of `services/rollout`: which images go where. Whoever starts it provides what is declared here. */

/** A machine, as a managed instance group, and the images that its containers start. In the order in which they are replaced. */
export const rolloutGroups = z
  .array(z.strictObject({ name: z.string().min(1), images: z.array(z.string().min(1)).min(1, 'names no image') }))
  .min(1, 'names no group')
  .refine((groups) => new Set(groups.map(({ name }) => name)).size === groups.length, 'names a group twice');
export type RolloutGroup = z.output<typeof rolloutGroups>[number];

export const rolloutEnvironment = z
  .object({
    /** `deliver`: the tag goes to the images of RELEASE. `rollback`: it goes back to what was there before. */
    ACTION: z.enum(['deliver', 'rollback'], 'must be "deliver" or "rollback"'),
    PROJECT: required,
    /** Of the registry. */
    REGION: required,
    /** Of the groups. */
    ZONE: required,
    /** Docker repository of Artifact Registry. */
    REPOSITORY: required,
    /** The tag that machines start. */
    TAG: required.regex(/^[a-z0-9][a-z0-9_.-]*$/, 'must be a tag, such as prod').max(100, 'longer than 100 characters'),
    /** The tag that the build gave its images; only to deliver. */
    RELEASE: z.string().optional(),
    GROUPS: json.pipe(rolloutGroups),
    /** A machine that is not well after so long stops the rollout. */
    PATIENCE_SECONDS: z.coerce.number('must be a number').min(1, 'must be 1 or more').max(3600, 'must be 3600 or less').default(900),
    /** Between two looks at a machine. */
    LOOK_SECONDS: z.coerce.number('must be a number').min(0.01, 'must be 0.01 or more').max(60, 'must be 60 or less').default(10),
    /** What somebody runs to go back, for the message. */
    ROLLBACK_COMMAND: required,
    /** What somebody runs to go on with a delivery; ` RELEASE=...` follows it. */
    DELIVER_COMMAND: required,
    /** Google's APIs; others in tests. */
    COMPUTE_URL: z.url('must be an address').default('https://compute.googleapis.com/compute/v1'),
    REGISTRY_URL: z.url('must be an address').default('https://artifactregistry.googleapis.com/v1'),
  })
  .refine(({ ACTION, RELEASE }) => ACTION !== 'deliver' || RELEASE, { path: ['RELEASE'], message: 'is missing: the tag of the images to deliver' });
export type RolloutEnvironment = z.output<typeof rolloutEnvironment>;
export type RolloutVariables = z.input<typeof rolloutEnvironment>;
