/** Where an image is, as registries see it. */
interface Place {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** What a tag may stand for: an index of platforms before the image of one. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const PATIENCE = 30_000;

/** As docker reads a name: without a host it is Docker Hub's, without a user its library's. */
export function placeOf(image: string): Place {
  const [, name = '', tag = ''] = /^(.+):([^/:]+)$/.exec(image) ?? [];
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (isHost) return { registry: first === 'docker.io' ? 'registry-1.docker.io' : first, repository: rest.join('/'), tag };
  return { registry: 'registry-1.docker.io', repository: rest.length === 0 ? `library/${name}` : name, tag };
}

/** What the tag is now, `sha256:...`. Anonymously: images that need a login are not for everybody's lock file. @throws Error that says what the registry said */
export async function digestOf(image: string): Promise<string> {
  const { registry, repository, tag } = placeOf(image);
  const scheme = /^(localhost|127\.0\.0\.1)(:|$)/.test(registry) ? 'http' : 'https';
  const url = `${scheme}://${registry}/v2/${repository}/manifests/${tag}`;
  let response = await head(url);
  if (response.status === 401) response = await head(url, await token(response, repository));
  if (response.status === 404) throw new Error(`${registry} has no ${repository}:${tag}`);
  if (!response.ok) throw new Error(`${registry} answers ${response.status} to ${repository}:${tag}`);
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${registry} names no digest of ${repository}:${tag}`);
  return digest;
}

function head(url: string, bearer?: string): Promise<Response> {
  const headers = { accept: ACCEPT, ...(bearer && { authorization: `Bearer ${bearer}` }) };
  return fetch(url, { method: 'HEAD', headers, signal: AbortSignal.timeout(PATIENCE) });
}

/** For whoever asks: registries want a token also for what everybody may read. */
async function token(refusal: Response, repository: string): Promise<string> {
  const challenge = refusal.headers.get('www-authenticate') ?? '';
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = value('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined) throw new Error('the registry wants a login');
  const url = new URL(realm);
  url.searchParams.set('scope', value('scope') ?? `repository:${repository}:pull`);
  const service = value('service');
  if (service !== undefined) url.searchParams.set('service', service);
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`${url.host} gives no token (${response.status}): there is no such image, or it is not everybody's`);
  const given = (await response.json()) as { token?: string; access_token?: string };
  const bearer = given.token ?? given.access_token;
  if (bearer === undefined) throw new Error(`${url.host} gives no token`);
  return bearer;
}
