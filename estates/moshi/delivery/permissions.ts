/**
 * Exactly what the jobs of the delivery workflow call, by API method. Publishing has none: Artifact Registry's writer role
 * on the one repository is already that narrow.
 */

/** Packer's googlecompute builder (plugin 1.1: lib/common/driver_gce.go) baking one image over SSH. */
export const BAKE = [
  // the source image, and whether the new one exists already
  'compute.images.get',
  'compute.images.getFromFamily',
  'compute.images.useReadOnly',
  // the machine that is provisioned, and its disk
  'compute.disks.create',
  'compute.disks.delete',
  'compute.disks.get',
  'compute.instances.create',
  'compute.instances.delete',
  'compute.instances.get',
  'compute.instances.getSerialPortOutput',
  'compute.instances.setLabels',
  'compute.instances.setMetadata',
  'compute.instances.setServiceAccount',
  'compute.instances.setTags',
  'compute.machineTypes.get',
  'compute.subnetworks.use',
  'compute.subnetworks.useExternalIp',
  'compute.zones.get',
  // the image made of it
  'compute.disks.useReadOnly',
  'compute.images.create',
  'compute.images.setLabels',
  // waiting for each of these
  'compute.globalOperations.get',
  'compute.zoneOperations.get',
] as const;
