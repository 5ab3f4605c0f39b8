import { parse } from './synth';

type Block = Readonly<Record<string, unknown>>;

export interface PodFile {
  /** In the container. */
  readonly path: string;
  readonly content: string;
}

/** A secret as somebody enters it, by key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

const list = (value: unknown): Block[] => [value].flat().filter((each): each is Block => typeof each === 'object' && each !== null);
const nameOf = (config: unknown) => `${list((config as Block).metadata)[0]?.name}`;
/** As Terraform hands it to the cluster. */
const rendered = (text: string) => text.replaceAll('$${', '${').replaceAll('%%{', '%{');

/** Files of a container of a deployment or a job as the kubelet lays them out, from a synthesized stack: what its mounts say, and nothing else. Throws for what would keep the pod from starting. */
export function podFiles(json: string | undefined, name: string, secrets: Secrets): PodFile[] {
  const resources = parse(json).resource ?? {};
  const of = (type: string) => Object.values(resources[type] ?? {}).find((config) => nameOf(config) === name);
  const found = of('kubernetes_deployment_v1') ?? list(list(of('kubernetes_cron_job_v1')?.spec)[0]?.job_template)[0];
  if (!found) throw new Error(`no deployment or job ${name}`);
  const maps = Object.fromEntries(Object.values(resources.kubernetes_config_map_v1 ?? {}).map((config) => [nameOf(config), config.data]));
  const template = list(list(found.spec)[0]?.template)[0] ?? {};
  const spec = list(template.spec)[0] ?? {};
  const [container = {}] = list(spec.container);
  const volumes = new Map(list(spec.volume).map((volume) => [volume.name, filesOf(volume, maps as Secrets, secrets)]));
  return list(container.volume_mount).flatMap(({ name: volume, mount_path, sub_path }) => {
    const files = volumes.get(volume) ?? missing(`volume ${volume}`);
    if (files === 'a disk') return [];
    if (sub_path === undefined) return Object.entries(files).map(([file, content]) => ({ path: `${mount_path}/${file}`, content }));
    return [{ path: `${mount_path}`, content: files[`${sub_path}`] ?? missing(`${sub_path} in volume ${volume}`) }];
  });
}

function filesOf(volume: Block, maps: Secrets, secrets: Secrets): Record<string, string> | 'a disk' {
  if (list(volume.persistent_volume_claim).length > 0) return 'a disk';
  const [secret] = list(volume.secret);
  const [map] = list(volume.config_map);
  const sources = list(list(volume.projected)[0]?.sources);
  if (secret) return chosen(secrets[`${secret.secret_name}`] ?? missing(`secret ${secret.secret_name}`), secret);
  if (map) return chosen(mapOf(maps, map), map);
  if (sources.length === 0 && !volume.empty_dir) throw new Error(`a volume that this cannot read: ${JSON.stringify(volume)}`);
  return Object.assign(
    {},
    ...sources.flatMap((source) => [
      ...list(source.secret).map((one) => chosen(secrets[`${one.name}`] ?? missing(`secret ${one.name}`), one)),
      ...list(source.config_map).map((one) => chosen(mapOf(maps, one), one)),
    ]),
  );
}

const mapOf = (maps: Secrets, { name }: Block) =>
  Object.fromEntries(Object.entries(maps[`${name}`] ?? missing(`config map ${name}`)).map(([key, text]) => [key, rendered(text)]));

/** All keys, or those that are listed, by the names that are listed. */
function chosen(all: Readonly<Record<string, string>>, { items }: Block): Record<string, string> {
  const wanted = list(items);
  if (wanted.length === 0) return { ...all };
  return Object.fromEntries(wanted.map(({ key, path }) => [`${path}`, all[`${key}`] ?? missing(`key ${key}`)]));
}

function missing(what: string): never {
  throw new Error(`the pod does not start: there is no ${what}`);
}
