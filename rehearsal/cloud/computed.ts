import { GOOGLE } from './computed-google';
import { AWS, DOCKER, LINODE } from './computed-others';

/**
 * What a cloud answers for attributes it computes, by path without indexes, where others depend on the form.
 * `{name}` is an attribute, with `{name=x}` for one left out; `{@region}` the provider's; `{number}` the project's number;
 * `{hash:n}`, `{HASH:n}`, `{digits:n}`, `{uuid}` and `{ip}` are made up, the same each time for the same object.
 */
export type Templates = Readonly<Record<string, string>> & { readonly source: string };

/** A type without a row gets values of the right type and a plausible form. */
export const COMPUTED: Readonly<Record<string, Templates>> = { ...GOOGLE, ...AWS, ...LINODE, ...DOCKER };

/** Computed attributes that a plan shows already, so that `for_each` can go through them. */
export const KNOWN_AT_PLAN: Readonly<Record<string, { readonly attributes: readonly string[]; readonly source: string }>> = {
  google_service_account: { attributes: ['email', 'member'], source: 'https://github.com/hashicorp/terraform-provider-google/pull/20510' },
};
