import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FetchFailure } from '../failure';
import type { ReadSecret } from '../secrets';
import { awsFailure } from './failure';
import { settings } from './settings';

const HINTS = { ResourceNotFoundException: 'create it with this name in this region and account, and give it a value' };
let client: SecretsManagerClient | undefined;

/** The current version of a secret. */
export const readSecret: ReadSecret = async (name, abortSignal) => {
  let text: string | undefined;
  try {
    client ??= new SecretsManagerClient(settings);
    text = (await client.send(new GetSecretValueCommand({ SecretId: name }), { abortSignal })).SecretString;
  } catch (error) {
    throw awsFailure(error, HINTS);
  }
  if (text === undefined) throw new FetchFailure('holds bytes, must hold text', false);
  return text;
};
