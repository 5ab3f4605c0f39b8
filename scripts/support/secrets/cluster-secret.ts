import type { KubernetesSecretNeed } from '../../../constructs/core/need';
import type { Answer } from '../tool';
import type { SecretStore, Tools } from './store';

/** A key of a secret in Kubernetes. Of the value, this asks only whether there is one. */
export class ClusterSecret implements SecretStore {
  readonly viewer;
  readonly absence = 'its stack is not deployed, or KUBECONFIG names no cluster, or another one';

  constructor(private readonly need: KubernetesSecretNeed) {
    this.viewer = { role: 'a kubeconfig that may get secrets', on: `namespace ${need.namespace}` };
  }

  versions({ kubectl }: Tools<'ask'>): Answer<string[]> {
    const { namespace, secret, key } = this.need;
    const found = kubectl.ask<string>('get', 'namespace', namespace, '--output=go-template={{printf "%q" .metadata.name}}');
    if (found.is !== 'there') return found;
    const version = `{{with .data}}{{with index . "${key}"}}{{printf "%q" $.metadata.resourceVersion}}{{else}}null{{end}}{{else}}null{{end}}`;
    const answer = kubectl.ask<string | null>('get', 'secret', secret, `--namespace=${namespace}`, '--ignore-not-found', `--output=go-template=${version}`);
    if (answer.is !== 'there') return answer;
    return { is: 'there', value: typeof answer.value === 'string' ? [answer.value] : [] };
  }

  /** Makes the secret when it is not there. Each key is a manager's own: what one applies leaves the others' alone. */
  add(value: Buffer, { kubectl }: Tools<'write'>): void {
    const { namespace, secret, key } = this.need;
    const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace }, type: 'Opaque', data: { [key]: value.toString('base64') } };
    // by the server, not by kubectl, which would fetch the whole schema for it
    const how = ['--validate=false', '--server-side', '--force-conflicts', `--field-manager=make-secrets-${key}`, `--namespace=${namespace}`, '--output=name'];
    kubectl.write(['apply', ...how, '--filename=-'], JSON.stringify(manifest));
  }

  /** The one before is overwritten. */
  retire(): string[] {
    return [];
  }
}
