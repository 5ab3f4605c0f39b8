import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ContainerName, VulpineConfig } from '../../../config/vulpine';
import { type Kind, type Place, placesInCluster, startWithSecrets } from '../../../estates/vulpine/operations';
import { kubectl as kubectlTool, type Tool } from '../tool';
import { ended, unlessItEnded } from './host';
import type { Site } from './site';

/** The cluster that KUBECONFIG names. What starts, and starts again, is its own business. */
export class ClusterSite implements Site {
  constructor(
    private readonly config: VulpineConfig,
    private readonly kubectl: Pick<Tool, 'write'> = kubectlTool,
  ) {}

  places(instance: string, ...kinds: readonly Kind[]): Place[] {
    return placesInCluster(this.config, instance).filter(({ of }) => kinds.includes(of));
  }

  inside(place: Place, words: readonly string[], input?: string): string {
    return this.kubectl.write(execIn(place, words, input !== undefined), input);
  }

  async asItsProgram(place: Place, kind: ContainerName, words: readonly string[], file: string): Promise<number> {
    const child = spawn('kubectl', execIn(place, [...startWithSecrets(kind), ...words], true), { stdio: ['pipe', 'inherit', 'inherit'] });
    const fed = pipeline(createReadStream(file), child.stdin).catch(unlessItEnded);
    const [code] = await Promise.all([ended(child, place.on, 'kubectl is not on PATH: install it, https://kubernetes.io/docs/tasks/tools'), fed]);
    return code;
  }

  restart(places: readonly Place[]): void {
    for (const { name, on } of places) this.kubectl.write([`--namespace=${on}`, 'rollout', 'restart', name]);
  }

  makingRoom({ of, on }: Place): string[] {
    const patch = `--patch='{"spec":{"resources":{"requests":{"storage":"40Gi"}}}}'`;
    return [`kubectl --namespace=${on} get pvc`, `kubectl --namespace=${on} patch pvc ${of}-${of}-0 ${patch}`];
  }
}

/** In one pod of several; the first container of a pod is the table's. */
const execIn = ({ name, on }: Place, words: readonly string[], hasInput: boolean) => [
  `--namespace=${on}`,
  'exec',
  ...(hasInput ? ['--stdin'] : []),
  name,
  '--',
  ...words,
];
