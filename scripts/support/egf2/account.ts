import type { Egf2Config } from '../../../config/egf2';
import { UsageError } from '../../../rehearsal/runner/failure';
import { awsCaller, type Tool } from '../tool';

/** The account that aws acts in. Another one than the config's is refused: its groups have the same names. */
export function awsAccount(aws: Tool, { accountId, region }: Pick<Egf2Config['shared'], 'accountId' | 'region'>): string {
  const caller = awsCaller(region, aws);
  if (accountId !== undefined && caller.Account !== accountId)
    throw new UsageError(
      `aws: logged in to account ${caller.Account} (${caller.Arn}), and egf2 is in ${accountId} (shared.accountId in estates.json). Log in there, or name its profile by AWS_PROFILE. Nothing was changed.`,
    );
  return caller.Account;
}
