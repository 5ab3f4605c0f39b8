import type { Treatment } from '../treatment';
import { AWS } from './aws';
import { DOCKER } from './docker';
import { GOOGLE } from './google';
import { KUBERNETES } from './kubernetes';
import { LINODE } from './linode';

/** What the picture makes of each type of resources. Data sources are not in it: nothing is made. */
export const TYPES: Readonly<Record<string, Treatment>> = { ...AWS, ...DOCKER, ...GOOGLE, ...KUBERNETES, ...LINODE };
