import { hostFolder, SECRETS } from '../containers/secrets';
import { SECRET_GROUPS } from '../containers/spec';
import { CERTIFICATES_FOLDER, CHALLENGES_FOLDER } from '../host/certificates';
import { CERTIFICATES_IN_NGINX } from '../nginx/config';
import { localFolder } from './file';
import { localDomain } from './options';

/** An instance's files that the table does not make; paths are from the Compose file's folder. */
export interface PrivateFiles {
  /** A file for each secret. */
  readonly secrets: readonly { readonly name: string; readonly path: string }[];
  readonly certificate: {
    readonly domain: string;
    /** Key and certificate, in one file. */
    readonly path: string;
    /** nginx's words that use it. */
    readonly settings: { readonly path: string; readonly content: string };
  };
}

/** Mounted by nginx; certbot's on a host, and empty in a local run. */
export const CHALLENGES = localFolder(CHALLENGES_FOLDER);

export function privateFiles(instance: string): PrivateFiles {
  const domain = localDomain(instance);
  const folder = `${localFolder(CERTIFICATES_FOLDER)}/${domain}`;
  const inNginx = `${CERTIFICATES_IN_NGINX}/${domain}/tls.pem`;
  return {
    secrets: SECRET_GROUPS.flatMap((group) => SECRETS[group].map(({ name }) => ({ name, path: `${localFolder(hostFolder(instance, group))}/${name}` }))),
    certificate: {
      domain,
      path: `${folder}/tls.pem`,
      settings: {
        path: `${folder}/tls.conf`,
        content: `ssl_reject_handshake off;\nssl_certificate ${inNginx};\nssl_certificate_key ${inNginx};\n`,
      },
    },
  };
}
