import type { Path } from './schema';

/** What the real provider or API would refuse: reaches the user as Terraform's error, with the resource's address. */
export class Refusal extends Error {
  constructor(
    readonly summary: string,
    readonly detail = '',
    readonly path?: Path,
  ) {
    super([summary, detail].filter(Boolean).join(': '));
  }
}
