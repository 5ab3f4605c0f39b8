import { StartFailure } from '../start-failure';

/** Rejects when Google's clients would find nobody to be. @param what Needs them, such as BUS=pubsub. */
export async function checkCredentials(what: readonly string[]): Promise<void> {
  if (what.length === 0) return;
  const { GoogleAuth } = await import('google-auth-library');
  try {
    await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getClient();
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]?.replace(/\.? *Browse to .*$/, '');
    throw new StartFailure(
      `Google's credentials are missing, and ${what.join(' and ')} ${what.length > 1 ? 'need' : 'needs'} them: ${why}. Give the machine a service account, or set ` +
        'GOOGLE_APPLICATION_CREDENTIALS to a key file, or run `gcloud auth application-default login`. Without an account: BUS=embedded, STORE=embedded.',
    );
  }
}
