import { CloudBackend, GcsBackend, LocalBackend, NamedCloudWorkspace, S3Backend, type TerraformBackend, type TerraformStack } from 'cdktf';

/** Where a stack keeps its state. */
export type Backend =
  /** `.state/<stack>.tfstate` at the repository's root: never inside `cdktf.out`, which cdktf and `make clean` delete. */
  | { readonly type: 'local' }
  /** One named workspace per stack; tagged workspaces would break references between stacks. */
  | { readonly type: 'cloud'; readonly organization: string; readonly hostname?: string | undefined }
  | { readonly type: 'gcs'; readonly bucket: string; readonly prefix: string }
  | { readonly type: 's3'; readonly bucket: string; readonly region: string; readonly prefix: string };

/** Gives `stack` its one backend. Every stack's state has the stack's own name. */
export function createBackend(stack: TerraformStack, backend: Backend): TerraformBackend {
  const name = stack.node.id;
  switch (backend.type) {
    case 'local':
      return new LocalBackend(stack, { path: `../../../.state/${name}.tfstate` });
    case 'cloud':
      return new CloudBackend(stack, {
        organization: backend.organization,
        ...(backend.hostname && { hostname: backend.hostname }),
        workspaces: new NamedCloudWorkspace(name),
      });
    case 'gcs':
      return new GcsBackend(stack, { bucket: backend.bucket, prefix: `${backend.prefix}/${name}` });
    case 's3': {
      const s3 = new S3Backend(stack, { bucket: backend.bucket, region: backend.region, key: `${backend.prefix}/${name}.tfstate`, encrypt: true });
      s3.addOverride('use_lockfile', true); // Terraform 1.10 locks in the bucket itself; cdktf's type does not know it yet
      return s3;
    }
  }
}
