import type { BackupConfig } from '../../../config/vulpine/backup';
import type { Secret } from '../containers/secrets';

/** What only you know of how people are told. The key that copies go by is no such secret: a host makes its own, and nobody else has it. */
export function backupSecrets({ offsite, alert }: BackupConfig): Secret[] {
  const heartbeat = {
    name: 'HEARTBEAT_URL',
    is: 'the URL that is asked while all is well',
    from: "a service that tells people when nobody asks its URL any more, such as healthchecks.io's or one of your own: period 15 minutes, grace 1 hour",
  };
  return [...(offsite ? [heartbeat] : []), ...(offsite ? alertSecrets(alert) : [])];
}

/** The same of a host that has certificates, and maybe nothing to copy. */
export function alertSecrets({ webhook }: BackupConfig['alert']): Secret[] {
  const url = {
    name: 'WEBHOOK_URL',
    is: 'the URL that gets {"text": "..."} when backups are too old, or a certificate is not renewed',
    from: "your chat's settings make an incoming webhook",
  };
  return webhook ? [url] : [];
}
