/** Where the pods of an instance are, or those of all instances. */
export const namespaceOf = (instance?: string) => (instance === undefined ? 'nginx' : `mastodon-${instance}`);

/** A name of the table's networks as DNS can have it: `fe_web` is `fe-web`. */
export const serviceName = (alias: string) => alias.replaceAll('_', '-');

/** The secret with an instance's certificate: `kubectl create secret tls` makes one. */
export const certificateSecret = (instance: string) => `tls-${instance}`;
