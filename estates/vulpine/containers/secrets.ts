import { uploaderName } from '../names';
import type { SecretGroup } from './spec';

/** Where a container has its secrets: a folder for each group, a file for each secret. */
export const SECRETS_FOLDER = '/run/secrets';

/** Where a host has what is its own: root's. */
export const HOST_FOLDER = '/etc/vulpine';

/** Where a host has an instance's secrets. */
export const hostFolder = (instance: string, group: SecretGroup) => `${HOST_FOLDER}/${instance}/${group}`;

/**
 * Makes a variable of each file, whatever is in it, and goes on as the user that `$0` names. Root's files are not that user's to read: so
 * its program has them as variables, and nothing else of the container.
 */
export const EXPORT_SECRETS = [
  'set -eu',
  `for file in ${SECRETS_FOLDER}/*/*; do`,
  '  [ -f "$file" ] || continue',
  '  value=$(cat "$file")',
  '  export "${file##*/}=$value"',
  'done',
  'entry=$(getent passwd "$0")',
  'entry=${entry%:*}',
  'export HOME="${entry##*:}"',
  'unset file value entry',
  'exec setpriv --reuid="$0" --regid="$0" --init-groups -- "$@"',
].join('\n');

export interface Secret {
  /** The variable that it becomes, and the name of its file. */
  readonly name: string;
  readonly is: string;
  /** Where a person gets it; `<instance>` in it stands for its name. */
  readonly from: string;
}

const GENERATED = 'openssl rand -hex 64';
const RECORD = 'docker run --rm ghcr.io/mastodon/mastodon bin/rails db:encryption:init prints all three';
const VAPID = 'docker run --rm ghcr.io/mastodon/mastodon bundle exec rake mastodon:webpush:generate_vapid_key prints both';

/** What nobody but you knows, by group. */
export const SECRETS: Readonly<Record<SecretGroup, readonly Secret[]>> = {
  database: [{ name: 'DB_PASS', is: "the database's password", from: 'openssl rand -hex 32' }],
  mastodon: [
    { name: 'SECRET_KEY_BASE', is: "the key of people's sessions", from: GENERATED },
    { name: 'OTP_SECRET', is: 'the key of second factors', from: GENERATED },
    { name: 'VAPID_PRIVATE_KEY', is: 'the private key of notifications in browsers', from: VAPID },
    { name: 'VAPID_PUBLIC_KEY', is: 'the public key that belongs to it', from: VAPID },
    { name: 'ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY', is: 'the key of encrypted columns', from: RECORD },
    { name: 'ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY', is: 'the key of encrypted columns that are searched', from: RECORD },
    { name: 'ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT', is: 'the salt of both', from: RECORD },
  ],
  smtp: [
    { name: 'SMTP_LOGIN', is: 'the login at the mail server', from: 'who carries your mail says it' },
    { name: 'SMTP_PASSWORD', is: 'the password that belongs to it', from: 'who carries your mail says it' },
  ],
  aws: [
    {
      name: 'AWS_ACCESS_KEY_ID',
      is: 'the key of the user that uploads media',
      from: `aws iam create-access-key --user-name=${uploaderName('<instance>')} prints it`,
    },
    { name: 'AWS_SECRET_ACCESS_KEY', is: 'the secret that belongs to it', from: 'the same command prints it, once' },
  ],
  ambassador: [{ name: 'AMBASSADOR_TOKEN', is: "the ambassador's token at its instance", from: "Preferences > Development of the ambassador's account" }],
};
