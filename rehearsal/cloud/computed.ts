import { GOOGLE } from './computed-google';
import { AWS, DOCKER, LINODE } from './computed-others';
import { TFE } from './computed-tfe';
import type { Templates } from './template';

/** A type without a row gets values of the right type and a plausible form. */
export const COMPUTED: Readonly<Record<string, Templates>> = { ...GOOGLE, ...AWS, ...LINODE, ...DOCKER, ...TFE };

/** Computed attributes that a plan shows already, so that `for_each` can go through them. */
export const KNOWN_AT_PLAN: Readonly<Record<string, { readonly attributes: readonly string[]; readonly source: string }>> = {
  google_service_account: { attributes: ['email', 'member'], source: 'https://github.com/hashicorp/terraform-provider-google/pull/20510' },
};
