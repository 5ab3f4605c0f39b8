import type { VulpineConfig } from '../../../config/vulpine';
import { filesHostOf } from '../../../config/vulpine/content';
import { mediaBucketName } from '../names';
import type { ContainerSpec, SecretGroup } from './spec';

/** Variables of an instance's container that depend on config; none is a secret. Names only: no state of another stack is read for them. */
export function environmentOf(config: VulpineConfig, { secrets }: Pick<ContainerSpec, 'secrets'>, instance: string): Readonly<Record<string, string>> {
  const { domain } = instanceOf(config, instance);
  const has = (group: SecretGroup) => secrets?.groups.includes(group) ?? false;
  return { LOCAL_DOMAIN: domain, ...(has('smtp') && mailEnvironment(config, instance)), ...(has('aws') && mediaEnvironment(config, instance)) };
}

/** Who carries Mastodon's mail: without it nobody who registers can confirm. https://docs.joinmastodon.org/admin/config/#smtp */
function mailEnvironment(config: VulpineConfig, instance: string): Record<string, string> {
  const { server, port } = config.prod.mail;
  const { domain, mailFrom = `notifications@${domain}` } = instanceOf(config, instance);
  return { SMTP_SERVER: server, SMTP_PORT: `${port}`, SMTP_FROM_ADDRESS: mailFrom, ...(port === 465 && { SMTP_TLS: 'true' }) };
}

/** Where Mastodon puts what people upload, and where it says that files are. https://docs.joinmastodon.org/admin/optional/object-storage/ */
function mediaEnvironment(config: VulpineConfig, instance: string): Record<string, string> {
  const { region, bucketSuffix } = config.shared.content;
  const files = filesHostOf(instanceOf(config, instance));
  return {
    S3_ENABLED: 'true',
    S3_BUCKET: mediaBucketName(bucketSuffix, instance),
    S3_REGION: region,
    S3_PROTOCOL: 'https',
    S3_HOSTNAME: `s3.${region}.amazonaws.com`,
    S3_ALIAS_HOST: files,
    // empty: no ACL is sent, and the bucket refuses any
    S3_PERMISSION: '',
    CDN_HOST: `https://${files}`,
  };
}

function instanceOf({ prod }: VulpineConfig, name: string) {
  const instance = prod.instances[name];
  if (!instance) throw new Error(`no instance ${name}; there is ${Object.keys(prod.instances).join(', ')}`);
  return instance;
}
