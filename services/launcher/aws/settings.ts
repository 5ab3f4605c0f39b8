import { defaultProvider } from '@aws-sdk/credential-provider-node';

// Node 20 is what the images have; the package's advice on that is not for a service's log.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Credentials and region are the environment's, else those of the instance; the first boot may be quicker than its metadata. */
export const settings = {
  credentials: defaultProvider({ maxRetries: 3, timeout: 2000 }),
  // tried again by us, within our own limit
  maxAttempts: 1,
};
