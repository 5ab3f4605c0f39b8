/** Debian's own images of AWS, by the parameter that names the newest: it is looked up when a machine is made, so that a plan needs no lookup. wiki.debian.org/Cloud/AmazonEC2Image. */
export const DEBIAN_12 = {
  amd64: 'resolve:ssm:/aws/service/debian/release/12/latest/amd64',
  arm64: 'resolve:ssm:/aws/service/debian/release/12/latest/arm64',
} as const;

/** What Debian's images call their first disk. */
export const ROOT_DEVICE = '/dev/xvda';
