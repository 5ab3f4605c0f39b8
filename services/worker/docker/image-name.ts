/** The registry that an image's name points to, as Docker reads it. */
export function registryOf(image: string): string {
  const first = image.split('/')[0] as string;
  return image.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

/** `sha256:...` of a name that pins one. */
export function pinnedDigest(image: string): string | undefined {
  return image.split('@')[1];
}

/** With the tag that is meant: the engine's API takes a bare name for every tag of it. */
export function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return /[:@]/.test(last) ? image : `${image}:latest`;
}

/** Name without tag and digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
