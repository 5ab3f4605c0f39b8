import type { SecretNeed } from '../../../constructs/core/need';
import type { EstateNeeds } from '../chosen-needs';
import { enabledVersions } from '../preflight/secret';
import type { Tool } from '../tool';

/** A secret that may be given a value. */
export interface Fillable {
  readonly need: SecretNeed;
  /** Numbers of the versions that can be read now. */
  readonly versions: readonly string[];
}

/** How the secrets stand. */
export interface Survey {
  /** Have a value. */
  readonly filled: readonly Fillable[];
  /** Have none. */
  readonly empty: readonly Fillable[];
  /** Their stack has not made them. */
  readonly unmade: readonly SecretNeed[];
  /** You may not see whether they have one. */
  readonly hidden: readonly SecretNeed[];
}

/** The secrets that estates declare, each once. */
export function secretsOf(chosen: readonly EstateNeeds[]): SecretNeed[] {
  const secrets = chosen.flatMap(({ needs }) => needs.filter((need) => need.kind === 'secret'));
  return [...new Map(secrets.map((need) => [`${need.project}/${need.name}`, need])).values()];
}

/** Asks for each. */
export function survey(secrets: readonly SecretNeed[], gcloud: Pick<Tool, 'ask'>): Survey {
  const asked = secrets.map((need) => ({ need, answer: enabledVersions(need, gcloud) }));
  const there = asked.flatMap(({ need, answer }) =>
    answer.is === 'there' ? [{ need, versions: (answer.value ?? []).map(({ name }) => name.split('/').at(-1) ?? name) }] : [],
  );
  return {
    filled: there.filter(({ versions }) => versions.length > 0),
    empty: there.filter(({ versions }) => versions.length === 0),
    unmade: asked.filter(({ answer: { is } }) => is === 'absent' || is === 'off').map(({ need }) => need),
    hidden: asked.filter(({ answer: { is } }) => is === 'refused').map(({ need }) => need),
  };
}
