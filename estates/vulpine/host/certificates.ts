import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BackupConfig } from '../../../config/vulpine/backup';
import { HOST_FOLDER } from '../containers/secrets';
import { type HostPart, lines } from './part';
import { toldFiles, toldWhenItFails, WEBHOOK_FILE } from './told';

/** Where nginx finds a folder for each domain. Not below /etc/vulpine: instances have their names there. */
export const CERTIFICATES_FOLDER = '/var/lib/vulpine/certificates';
/** Where certbot puts what proves whose a domain is. */
export const CHALLENGES_FOLDER = '/var/lib/vulpine/acme';
/** Below root's folder of secrets; no instance is called so. */
export const DNS_TOKEN = { folder: 'linode-dns', name: 'LINODE_DNS_TOKEN' } as const;
/** What gets and renews certificates; `systemctl start` does it now. */
export const CERTIFICATES_UNIT = 'vulpine-certificates';

/** From the repository's root, where synth runs. */
const SCRIPT = 'estates/vulpine/host/scripts/certificates.sh';
const INSTALLED = '/opt/vulpine-host/certificates.sh';
const VARIABLES = '/opt/vulpine-host/certificates';

export interface CertificatesOptions {
  readonly domains: readonly string[];
  /** Mail address that the authority may write to. */
  readonly contact: string;
  /** How it is proved whose a domain is. */
  readonly challenge: 'http' | 'dns';
  /** How people are told when one cannot be renewed. */
  readonly alert: BackupConfig['alert'];
}

/** Certificates of domains by Let's Encrypt, renewed by a timer. */
export function certificates({ domains, contact, challenge, alert }: CertificatesOptions): HostPart {
  const variables = {
    DOMAINS: domains.join(' '),
    CONTACT: contact,
    CHALLENGE: challenge,
    WEBROOT: CHALLENGES_FOLDER,
    TOKEN_FILE: `${HOST_FOLDER}/${DNS_TOKEN.folder}/${DNS_TOKEN.name}`,
    CERTIFICATES: CERTIFICATES_FOLDER,
  };
  return {
    packages: ['certbot', 'curl', 'openssl', ...(challenge === 'dns' ? ['python3-certbot-dns-linode'] : [])],
    folders: [CERTIFICATES_FOLDER, ...(alert.webhook ? [dirname(WEBHOOK_FILE)] : [])],
    units: [`${CERTIFICATES_UNIT}.timer`],
    files: [
      ...toldFiles(),
      { path: INSTALLED, content: readFileSync(SCRIPT, 'utf8'), mode: '0755' },
      { path: VARIABLES, content: lines(...Object.entries(variables).map(([name, value]) => `${name}="${value}"`)), mode: '0644' },
      // read by nginx's own user
      { path: '/etc/tmpfiles.d/vulpine-certificates.conf', content: lines(`d ${CHALLENGES_FOLDER} 0755 root root -`), mode: '0644' },
      {
        path: `/etc/systemd/system/${CERTIFICATES_UNIT}.service`,
        content: lines(
          '[Unit]',
          "Description=Certificates of vulpine's domains",
          'Wants=network-online.target',
          'After=network-online.target docker.service',
          '',
          '[Service]',
          'Type=oneshot',
          `EnvironmentFile=${VARIABLES}`,
          `RuntimeDirectory=${CERTIFICATES_UNIT}`,
          'RuntimeDirectoryMode=0700',
          'PrivateTmp=yes',
          'NoNewPrivileges=yes',
          'TimeoutStartSec=30min',
          `ExecStart=${INSTALLED}`,
          ...toldWhenItFails(CERTIFICATES_UNIT, 'certificates', alert),
        ),
        mode: '0644',
      },
      {
        path: `/etc/systemd/system/${CERTIFICATES_UNIT}.timer`,
        content: lines(
          '[Unit]',
          "Description=Renews certificates of vulpine's domains",
          '',
          '[Timer]',
          'OnCalendar=*-*-* 00,12:00:00',
          'RandomizedDelaySec=6h',
          'Persistent=true',
          '',
          '[Install]',
          'WantedBy=timers.target',
        ),
        mode: '0644',
      },
      // Debian's own timer would renew too, and tell nobody
      {
        path: '/etc/systemd/system/certbot.service.d/vulpine.conf',
        content: lines('[Unit]', `ConditionPathExists=!${INSTALLED}`),
        mode: '0644',
      },
    ],
  };
}
