import { TfeProvider } from '@cdktf/provider-tfe/lib/provider';
import type { EstateStack } from '../core/estate-stack';

export interface TfeProps {
  /** Everything that the stack makes is there. */
  readonly organization: string;
  /** Such as app.terraform.io. */
  readonly hostname: string;
}

/** For {@link EstateStackProps.providers}: the tfe provider. It takes its token from TFE_TOKEN, or from `terraform login`: none is in the JSON. */
export function tfe({ organization, hostname }: TfeProps): (stack: EstateStack) => void {
  return (stack) => {
    new TfeProvider(stack, 'tfe', { organization, hostname });
  };
}
