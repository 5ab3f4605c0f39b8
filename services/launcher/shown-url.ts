/** An address without what may be secret in it: user, password, the values of the query and the fragment. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  shown.search = '';
  const query = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=...`).join('&');
  return query ? `${shown.href}?${query}` : shown.href;
}
