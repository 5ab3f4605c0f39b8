/** Exactly what the functions call at Compute Engine, by API method. */

/** instances.insert with a boot disk, and whether it was accepted. */
export const CREATE = [
  'compute.disks.create',
  'compute.images.useReadOnly',
  'compute.instances.create',
  'compute.instances.get',
  'compute.instances.setLabels',
  'compute.instances.setMetadata',
  'compute.instances.setServiceAccount',
  'compute.subnetworks.use',
  'compute.zoneOperations.get',
] as const;

/** instances.get, for the label, and instances.delete. */
export const DELETE = ['compute.instances.delete', 'compute.instances.get', 'compute.zoneOperations.get'] as const;

/** instances.aggregatedList. No condition can narrow a list: it shows what machines there are, and changes nothing. */
export const LIST = ['compute.instances.list'] as const;
