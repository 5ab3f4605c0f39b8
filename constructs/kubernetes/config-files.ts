import { createHash } from 'node:crypto';
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { templateText } from '../core/template-text';
import type { Namespace } from './namespace';
import { labelsOf } from './provider';

/** A name of a file as a key can have it. */
export const keyOf = (path: string) => path.replace(/^\//, '').replaceAll('/', '_');

/** Files of a program, by {@link keyOf} their names. */
export class ConfigFiles extends Construct {
  readonly name: string;
  /** Another one when a file is. */
  readonly hash: string;

  constructor(scope: Construct, id: string, { namespace, name, files }: { namespace: Namespace; name: string; files: Readonly<Record<string, string>> }) {
    super(scope, id);
    this.name = name;
    this.hash = createHash('sha256')
      .update(JSON.stringify(Object.entries(files).sort()))
      .digest('hex')
      .slice(0, 16);
    new ConfigMapV1(this, 'resource', {
      metadata: { name, namespace: namespace.reference, labels: labelsOf(EstateStack.of(this)) },
      data: Object.fromEntries(Object.entries(files).map(([file, text]) => [keyOf(file), templateText(text)])),
    });
  }
}
