import { Image as DockerImage } from '@cdktf/provider-docker/lib/image';
import { Construct } from 'constructs';
import { type PinnedImageProps, pinnedImage } from '../core/pinned-image';

/** An image on the host, pulled by its digest. */
export class Image extends Construct {
  /** For containers. */
  readonly id: string;

  constructor(scope: Construct, id: string, props: PinnedImageProps) {
    super(scope, id);
    this.id = new DockerImage(this, 'resource', { name: pinnedImage(this, id, props), keepLocally: true }).imageId;
  }
}
