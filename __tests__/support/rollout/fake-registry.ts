interface Change {
  readonly at: number;
  readonly key: string;
  readonly digest: string;
}

/** Tags of images, and what they were on at any time. */
export class FakeRegistry {
  private readonly changes: Change[] = [];

  constructor(private readonly now: () => number) {}

  set(image: string, tag: string, digest: string, at = this.now()): void {
    this.changes.push({ at, key: `${image}:${tag}`, digest });
  }

  get(image: string, tag: string, at = this.now()): string | undefined {
    return this.changes.findLast((change) => change.key === `${image}:${tag}` && change.at <= at)?.digest;
  }

  /** Every move, the oldest first. */
  get log(): string[] {
    return this.changes.map(({ key, digest }) => `${key} ${digest}`);
  }
}
