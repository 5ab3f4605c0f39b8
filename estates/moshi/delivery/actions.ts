import { Commented } from '../../../constructs/core/estate';

/** An action of somebody else's, by commit: a tag can be moved to other code. */
const pinned = (action: string, version: string, commit: string) => new Commented(`${action}@${commit}`, version);

export const CHECKOUT = pinned('actions/checkout', 'v5.0.0', '08c6903cd8c0fde910a37f88322edcfb5dd907a8');
export const SETUP_NODE = pinned('actions/setup-node', 'v6.0.0', '2028fbc5c25fe9cf00d9f06a71cc4710d4507903');
export const SETUP_PYTHON = pinned('actions/setup-python', 'v6.0.0', 'e797f83bcb11b83ae66e0230d6156d7c80228e7c');
export const SETUP_PACKER = pinned('hashicorp/setup-packer', 'v3.1.0', '1aa358be5cf73883762b302a3a03abd66e75b232');
export const AUTH = pinned('google-github-actions/auth', 'v3.0.0', '7c6bc770dae815cd3e89ee6cdf493a5fab2cc093');
export const SETUP_GCLOUD = pinned('google-github-actions/setup-gcloud', 'v3.0.1', 'aa5489c8933f4cc7a4f7d45035b3b1440c9c10db');
