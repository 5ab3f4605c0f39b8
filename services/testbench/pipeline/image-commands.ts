import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Service = 'scraper' | 'shard';

/** What Node is called with in a service's image, by its Dockerfile, with the bundles of this machine instead of the image's. */
export function imageCommands(service: Service, bundles: string): { readonly compile: readonly string[]; readonly start: readonly string[] } {
  const lines = readFileSync(join(__dirname, '../..', service, 'Dockerfile'), 'utf8').split('\n');
  const of = (instruction: string) => {
    const line = lines.find((text) => text.startsWith(`${instruction} ["node", `));
    if (!line) throw new Error(`services/${service}/Dockerfile: no ${instruction} of Node`);
    const [, ...command] = JSON.parse(line.slice(instruction.length)) as string[];
    return command.map((word) => word.replace(/^\/srv\//, `${bundles}/`));
  };
  return { compile: of('RUN'), start: of('CMD') };
}
