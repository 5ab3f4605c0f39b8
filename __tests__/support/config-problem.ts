import { ConfigError } from '../../config/load';

/** What is said of a config that is refused; one that is accepted fails the test. */
export function configProblem(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('accepted');
}
