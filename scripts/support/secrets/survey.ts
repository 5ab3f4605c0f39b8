import { placeOf, type SecretNeed } from '../../../constructs/core/need';
import type { EstateNeeds } from '../chosen-needs';
import { type SecretStore, storeOf, type Tools } from './store';

/** A secret that may be given a value. */
export interface Fillable {
  readonly need: SecretNeed;
  readonly store: SecretStore;
  /** Those that can be read now. */
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
  readonly hidden: readonly Pick<Fillable, 'need' | 'store'>[];
}

/** The secrets that estates declare, each once. */
export function secretsOf(chosen: readonly EstateNeeds[]): SecretNeed[] {
  const secrets = chosen.flatMap(({ needs }) => needs.filter((need) => need.kind === 'secret'));
  return [...new Map(secrets.map((need) => [`${need.type} ${placeOf(need)} ${need.name}`, need])).values()];
}

/** Asks for each. */
export function survey(secrets: readonly SecretNeed[], tools: Tools<'ask'>): Survey {
  const asked = secrets.map((need) => {
    const store = storeOf(need);
    return { need, store, answer: store.versions(tools) };
  });
  const there = asked.flatMap(({ need, store, answer }) => (answer.is === 'there' ? [{ need, store, versions: answer.value ?? [] }] : []));
  return {
    filled: there.filter(({ versions }) => versions.length > 0),
    empty: there.filter(({ versions }) => versions.length === 0),
    unmade: asked.filter(({ answer: { is } }) => is === 'absent' || is === 'off').map(({ need }) => need),
    hidden: asked.filter(({ answer: { is } }) => is === 'refused'),
  };
}
