import { AWS } from './aws';
import { GOOGLE } from './google';
import { DOCKER, KUBERNETES, LINODE } from './others';
import type { ImportSyntaxes } from './syntax';
import { TERRAFORM_CLOUD } from './terraform-cloud';

export { argumentsIn, filledIn, type Importable, type ImportSyntax, importPattern } from './syntax';

/** A row for every type that an estate synthesizes, in whatever form of it. */
export const IMPORT_SYNTAX: ImportSyntaxes = { ...GOOGLE, ...AWS, ...LINODE, ...DOCKER, ...KUBERNETES, ...TERRAFORM_CLOUD };
