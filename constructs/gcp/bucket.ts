import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { AssetType, TerraformAsset, Token } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export interface BucketProps {
  /** Unique in the world, 3 to 63 characters. */
  readonly name: string;
  /** Serve the content as a website that everybody may read. The reason says why nothing in it is private. @default private */
  readonly publicWebsite?: { readonly reason: string };
  /** Days after which a replaced or deleted version goes. @default 90 */
  readonly keepVersionsDays?: number;
}

export interface BucketObject {
  /** Its name in the bucket. */
  readonly key: string;
  /** Path from the repository's root. */
  readonly file: string;
  readonly contentType: string;
}

/** A bucket: private, uniform access, versioned. */
export class Bucket extends Construct {
  readonly name: string;
  private readonly bucket: StorageBucket;

  constructor(scope: Construct, id: string, { name, publicWebsite, keepVersionsDays = 90 }: BucketProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    this.name = name;
    this.bucket = new StorageBucket(this, 'resource', {
      name,
      location: googleOf(this).region.toUpperCase(),
      uniformBucketLevelAccess: true,
      publicAccessPrevention: publicWebsite ? 'inherited' : 'enforced',
      versioning: { enabled: true },
      lifecycleRule: [{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: keepVersionsDays, withState: 'ARCHIVED' } }],
      ...(publicWebsite && { website: { mainPageSuffix: 'index.html', notFoundPage: '404.html' } }),
      forceDestroy: !stack.protected,
      lifecycle: { preventDestroy: stack.protected },
    });
    if (publicWebsite) {
      const readers = new StorageBucketIamMember(this, 'everybody-reads', {
        bucket: this.bucket.name,
        role: 'roles/storage.legacyObjectReader',
        member: 'allUsers',
      });
      stack.suppress('gcp-bucket-private', this.bucket, publicWebsite.reason);
      stack.suppress('gcp-no-public-member', readers, publicWebsite.reason);
    }
  }

  /** Uploads a file of this repository; `file` is its path from the repository's root. Returns the object's generation, which changes with its content. */
  upload(id: string, object: BucketObject): string {
    return Token.asString(this.uploadObject(id, object).generation);
  }

  /** The same, for what names both. */
  uploadObject(id: string, { key, file, contentType }: BucketObject): StorageBucketObject {
    const asset = new TerraformAsset(this, `${id}-file`, { path: file, type: AssetType.FILE });
    return new StorageBucketObject(this, id, { bucket: this.bucket.name, name: key, source: asset.path, contentType });
  }

  /** The grant lives in the identity's stack: what is replaced often points at what holds data, never back. */
  grantRead(to: ServiceIdentity): void {
    const bucket = nameSeenFrom(to, this, this.bucket.name, this.name);
    to.granted(new StorageBucketIamMember(to, `read-${this.node.id}`, { bucket, role: 'roles/storage.objectViewer', member: to.member }));
  }
}
