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
    const found = await this.rest.find('GET', `/${this.image(image)}/tags/${tag}`);
    return found === undefined ? undefined : tagged.parse(found).version.replace(/^.*\/versions\//, '');
  }

  /** Moves the tag, or makes it. */
  async setTag(image: string, tag: string, digest: string): Promise<void> {
    const name = `${this.image(image)}/tags/${tag}`;
    const body = { name, version: `${this.image(image)}/versions/${digest}` };
    const move = () => this.rest.ask('PATCH', `/${name}?updateMask=version`, body);
    const make = () => this.rest.ask('POST', `/${this.image(image)}/tags?tagId=${tag}`, body);
    // made meanwhile: by us, and the answer was lost, or by another delivery
    await unless(404, move, () => unless(409, make, move));
  }

  private image(image: string): string {
    return `${this.repository}/packages/${encodeURIComponent(image)}`;
  }
}

/** @param otherwise done when the work is refused with this status */
async function unless(status: number, work: () => Promise<unknown>, otherwise: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GoogleError && error.status === status)) throw error;
    await otherwise();
  }
}
