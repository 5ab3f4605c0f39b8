import { Volume as DockerVolume } from '@cdktf/provider-docker/lib/volume';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { labelsOf } from './provider';

/** Files that outlive their containers, on the host's disk. */
export class Volume extends Construct {
  readonly name: string;
  /** By reference, so that Terraform makes it before its containers. */
  readonly reference: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const stack = EstateStack.of(this);
    this.name = name;
    this.reference = new DockerVolume(this, 'resource', {
      name,
      labels: labelsOf(stack),
      // another label would be another volume; one that a stack takes over from another keeps those of the first
      lifecycle: { preventDestroy: stack.protected, ignoreChanges: ['labels'] },
    }).name;
  }
}
