/** A token as its issuer signed it: for whom, about whom. */
export interface WebIdentity {
  readonly issuer: string;
  readonly aud: string;
  readonly sub: string;
}

interface TrustStatement {
  readonly Effect: string;
  readonly Principal: { readonly Federated?: string };
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const OPERATORS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringLike: (value, wanted) =>
    new RegExp(
      `^${wanted
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(value),
};

/**
 * Whether a role's trust policy lets somebody with this token assume it, as STS decides: one statement for the provider of the
 * token's issuer, of which every condition holds.
 * @param provider What the policy calls the provider of each issuer.
 */
export function trusts(policy: string, token: WebIdentity, provider: Readonly<Record<string, string>>): boolean {
  const { Statement } = JSON.parse(policy) as { Statement: readonly TrustStatement[] };
  return Statement.some(({ Effect, Principal, Action, Condition = {} }) => {
    if (Effect !== 'Allow') throw new Error(`a trust policy that says ${Effect} is not understood here`);
    if (!Principal.Federated || Principal.Federated !== provider[token.issuer]) return false;
    if (![Action].flat().includes('sts:AssumeRoleWithWebIdentity')) return false;
    const keys: Readonly<Record<string, string>> = { [`${token.issuer}:aud`]: token.aud, [`${token.issuer}:sub`]: token.sub };
    return Object.entries(Condition).every(([operator, wanted]) => {
      const holds = OPERATORS[operator];
      if (!holds) throw new Error(`no operator ${operator}`);
      return Object.entries(wanted).every(([key, values]) => {
        const value = keys[key];
        return value !== undefined && [values].flat().some((one) => holds(value, one));
      });
    });
  });
}
