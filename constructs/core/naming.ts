/** An environment's name: `shared` is what exists once in a cloud project whatever the environment. */
export type Environment = 'shared' | 'dev' | 'prod';

/** `<estate>-<stack>-<environment>`: the name of the stack, of its state and of its Terraform Cloud workspace. */
export function stackName(estate: string, stack: string, environment: Environment): string {
  return `${estate}-${stack}-${environment}`;
}

/** The stem with `-dev` for development; production and shared things have the plain name. */
export function environmentName(stem: string, environment: Environment): string {
  return environment === 'dev' ? `${stem}-dev` : stem;
}
