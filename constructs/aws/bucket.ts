import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, Lazy, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { policyDocument, type Statement } from './policy-document';

export interface BucketProps {
  /** Unique in the world, 3 to 63 characters. */
  readonly name: string;
  /** Days after which a replaced or deleted version goes. @default 90 */
  readonly keepVersionsDays?: number;
  /** Web pages of these origins may upload and read with links that were signed for them. @default none */
  readonly signedLinksFrom?: readonly string[];
  /** Web pages of every origin may read what they are given. @default none */
  readonly readByEveryPage?: boolean;
  /** Objects below a prefix go after so many days. @default they stay */
  readonly expire?: readonly { readonly prefix: string; readonly days: number }[];
  /** Further statements of its policy, for services of AWS that write there. */
  readonly statements?: readonly Statement[];
}

/** Somebody who is allowed things: a machine's role, a user. */
interface Grantee {
  allow(actions: readonly string[], resources: readonly string[]): void;
}

/** A bucket: private, encrypted, versioned, over TLS only. */
export class Bucket extends Construct {
  readonly name: string;
  readonly arn: string;
  private readonly bucket: S3Bucket;
  private readonly versioning: S3BucketVersioningA;
  private readonly statements: Statement[];

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const { name, keepVersionsDays = 90, signedLinksFrom, readByEveryPage = false, expire = [], statements = [] } = props;
    const isProtected = EstateStack.of(this).protected;
    this.name = name;
    this.arn = `arn:aws:s3:::${name}`;
    this.bucket = new S3Bucket(this, 'resource', { bucket: name, forceDestroy: !isProtected, lifecycle: { preventDestroy: isProtected } });
    const bucket = this.bucket.id;
    const block = new S3BucketPublicAccessBlock(this, 'private', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', { bucket, rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] });
    this.versioning = new S3BucketVersioningA(this, 'versioning', { bucket, versioningConfiguration: { status: 'Enabled' } });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: keepVersionsDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
          // the mark of a deletion stays behind when the last version has gone; where everything expires, it goes too
          ...(!expire.some(({ prefix }) => prefix === '') && { expiration: [{ expiredObjectDeleteMarker: true }] }),
        },
        ...expire.map(({ prefix, days }) => ({ id: `expire-${prefix.replaceAll('/', '-')}`, status: 'Enabled', filter: [{ prefix }], expiration: [{ days }] })),
      ],
      dependsOn: [this.versioning],
    });
    const pages = [
      ...(signedLinksFrom ? [{ allowedMethods: ['GET', 'PUT', 'POST'], allowedOrigins: [...signedLinksFrom] }] : []),
      ...(readByEveryPage ? [{ allowedMethods: ['GET', 'HEAD'], allowedOrigins: ['*'] }] : []),
    ];
    if (pages.length > 0) {
      const corsRule = pages.map((rule) => ({ ...rule, allowedHeaders: ['*'], exposeHeaders: ['ETag'], maxAgeSeconds: 3600 }));
      new S3BucketCorsConfiguration(this, 'cors', { bucket, corsRule });
    }
    const tlsOnly: Statement = {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket'],
      Resource: [this.arn, `${this.arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    this.statements = [tlsOnly, ...statements];
    new S3BucketPolicy(this, 'policy', { bucket, policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }), dependsOn: [block] });
  }

  /** Its name in DNS, in its region: who asks another is redirected for hours while the bucket is new. */
  get domainName(): string {
    return this.bucket.bucketRegionalDomainName;
  }

  /** Another statement of its policy, for a service of AWS that reads or writes there. */
  allow(statement: Statement): void {
    this.statements.push(statement);
  }

  /** Writes text as an object, in the stack of `scope`: what changes often points at what holds data. */
  write(scope: Construct, id: string, key: string, content: string, contentType: string): void {
    new S3Object(scope, id, { bucket: nameSeenFrom(scope, this, this.bucket.id, this.name), key, content, contentType });
  }

  /** Uploads a file of this repository; `file` is its path from the repository's root. */
  upload(id: string, key: string, file: string): void {
    const asset = new TerraformAsset(this, `${id}-file`, { path: file, type: AssetType.FILE });
    // what is there before the bucket has versions is lost when it is replaced
    new S3Object(this, id, { bucket: this.bucket.id, key, source: asset.path, sourceHash: asset.assetHash, dependsOn: [this.versioning] });
  }

  /** Read the objects below `prefix`. */
  grantRead(to: Grantee, prefix = ''): void {
    to.allow(['s3:GetObject'], [`${this.arn}/${prefix}*`]);
  }

  /** See which objects there are. */
  grantList(to: Grantee): void {
    to.allow(['s3:ListBucket', 's3:GetBucketLocation'], [this.arn]);
  }

  /** Read, write and delete objects below `prefix`; not list them. */
  grantReadWrite(to: Grantee, prefix = ''): void {
    to.allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], [`${this.arn}/${prefix}*`]);
  }
}
