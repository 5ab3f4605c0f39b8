import { TerraformVariable } from 'cdktf';
import type { IConstruct } from 'constructs';
import { EstateStack } from './estate-stack';

export interface PinnedImageProps {
  /** By tag, such as redis:7.4-alpine. */
  readonly image: string;
  /** What the tag is: `sha256:...`. @default Terraform asks for it, and deploys nothing without */
  readonly digest?: string;
  /** The command that finds the digest out. */
  readonly lock: string;
}

/** The image by its digest: a tag is another program tomorrow. `name` is in the variable's name when Terraform asks. */
export function pinnedImage(user: IConstruct, name: string, { image, digest, lock }: PinnedImageProps): string {
  const repository = image.slice(0, image.lastIndexOf(':'));
  return `${repository}@${digest ?? asked(user, name, image, lock)}`;
}

function asked(user: IConstruct, name: string, image: string, lock: string): string {
  const variable = new TerraformVariable(EstateStack.of(user), `digest_${name.replaceAll('-', '_')}`, {
    type: 'string',
    description: `Digest of ${image}, which nobody has looked up yet: ${lock} writes it down, and then nobody is asked`,
  });
  variable.addValidation({
    condition: `\${can(regex("^sha256:[0-9a-f]{64}$", var.${variable.friendlyUniqueId}))}`,
    errorMessage: `Not a digest, which is sha256: and 64 hexadecimal digits. Run ${lock}, then make deploy again.`,
  });
  return variable.stringValue;
}
