import * as z from 'zod';
import { GoogleError, type GoogleRest } from '../runtime/google/rest';

const tagged = z.object({ version: z.string() });

/** The tags of one Docker repository in Artifact Registry. A digest is `sha256:...`. */
export class Registry {
  constructor(
    private readonly rest: GoogleRest,
    /** `projects/P/locations/R/repositories/N`. */
    private readonly repository: string,
  ) {}

  /** Undefined when the image has no such tag. */
  async digestOf(image: string, tag: string): Promise<string | undefined> {
    const found = await this.rest.find('GET', this.tag(image, tag));
    return found === undefined ? undefined : tagged.parse(found).version.replace(/^.*\/versions\//, '');
  }

  async setTag(image: string, tag: string, digest: string): Promise<void> {
    const name = this.tag(image, tag).slice(1);
    const body = { name, version: `${this.image(image).slice(1)}/versions/${digest}` };
    try {
      await this.rest.ask('PATCH', `/${name}?updateMask=version`, body);
    } catch (error) {
      if (!(error instanceof GoogleError && error.status === 404)) throw error;
      await this.rest.ask('POST', `${this.image(image)}/tags?tagId=${tag}`, body);
    }
  }

  private tag(image: string, tag: string): string {
    return `${this.image(image)}/tags/${tag}`;
  }

  private image(image: string): string {
    return `/${this.repository}/packages/${encodeURIComponent(image)}`;
  }
}
