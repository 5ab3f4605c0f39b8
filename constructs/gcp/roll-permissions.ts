/** What replacing the machines of a managed instance group takes, by API method: a patch of the group, and looking at it. IAM conditions know no instance groups, so this holds for every group of the project. */
export const ROLL = ['compute.instanceGroupManagers.get', 'compute.instanceGroupManagers.update', 'compute.zoneOperations.get'] as const;

/** What a replacement starts new machines from: granted for one environment's templates only, which IAM conditions do know. */
export const USE_TEMPLATE = ['compute.instanceTemplates.useReadOnly'] as const;

/** For who also looks at what they start. */
export const READ_TEMPLATE = ['compute.instanceTemplates.get'] as const;
