/**
 * Text that Terraform passes through unchanged: `${` and `%{` would otherwise start an interpolation or a directive in
 * user data, cloud-init, nginx configuration and scripts. Do not use it on text that holds references.
 */
export function templateText(text: string): string {
  return text.replace(/([$%])(?=\{)/g, '$1$1');
}
