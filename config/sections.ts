/** What an override file may have at its top, whoever reads it: the estates, and `images`. Kept as names, because loading the estates loads cdktf. */
export const SECTION_NAMES: readonly string[] = ['docker-worker', 'egf2', 'filmlinkd', 'images', 'moshi', 'terraform-cloud', 'vulpine'];
