const SECRET_NAME = /secret|token|passw|credential|private|signature|cookie|(^|[_.-])(api)?_?key$|apikey|(^|_)(auth|authorization|dsn|salt)$/i;
// keys and tokens of known forms, JSON web tokens, addresses with a password in them
const SECRET_VALUE = /-----BEGIN|\beyJ[\w-]+\.[\w-]+|\b(gh[opsu]_|github_pat_|xox[abp]-|AIza|AKIA|ya29\.|sk[-_])\w{8}|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Whether something is better not shown, by its name or by its form. In doubt yes. */
export function looksSecret(name: string, value = ''): boolean {
  return SECRET_NAME.test(name) || SECRET_VALUE.test(value);
}
