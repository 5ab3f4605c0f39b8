import { TerraformProvider, TerraformResource, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { argumentsIn, filledIn, IMPORT_SYNTAX, importPattern } from '../policy/import-syntax';
import { EstateStack } from './estate-stack';
import { type Environment, stackName } from './naming';
import { nearest } from './nearest';

/** An object that runs already and becomes a resource of a stack, instead of a new one. */
export interface Adoption {
  readonly estate: string;
  readonly environment: Environment;
  /** The stack's id: `storage` of `moshi-storage-prod`. */
  readonly stack: string;
  /** The resource's path below the stack. */
  readonly path: string;
  /** As the provider imports it. */
  readonly id: string;
}

const ENVIRONMENTS: readonly Environment[] = ['shared', 'dev', 'prod'];

interface Imported {
  readonly adoption: Adoption;
  readonly stack: EstateStack;
  readonly resource: TerraformResource;
}

/** Arguments that say where an object is. What is elsewhere would be replaced by one that is here. */
const WHERE = ['project', 'region', 'zone', 'location', 'organization'];

/**
 * Gives stacks the `import` blocks of what runs already; returns what is wrong with the list. They stay harmless once they are deployed: of what
 * is in the state, Terraform imports nothing. (cdktf's own `importFrom` runs `terraform version` at synth, and would name a provider in the
 * block, which Terraform refuses beside a resource that has one.)
 */
export function adopt(app: Construct, adoptions: readonly Adoption[]): string[] {
  const problems: string[] = [];
  const imported: Imported[] = [];
  for (const adoption of adoptions) {
    const found = resourceOf(app, adoption);
    if (typeof found === 'string') problems.push(`${placeOf(adoption)}: ${found}`);
    else imported.push({ adoption, ...found });
  }
  problems.push(...twice(imported));
  if (problems.length > 0) return problems;
  for (const stack of new Set(imported.map((one) => one.stack))) {
    const blocks = imported.filter((one) => one.stack === stack).map(({ adoption: { id }, resource }) => ({ id, to: addressOf(resource) }));
    stack.addOverride(
      'import',
      blocks.sort((a, b) => (a.to < b.to ? -1 : 1)),
    );
  }
  return [];
}

/** Where it stands in the config. */
function placeOf({ estate, environment, stack, path }: Adoption): string {
  return `${estate}.${environment}.adopt.${stack}.${path}`;
}

function addressOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

/** What is to be imported, or why that cannot be. */
function resourceOf(app: Construct, { estate, environment, stack: name, path, id }: Adoption): Pick<Imported, 'stack' | 'resource'> | string {
  const stack = app.node.tryFindChild(stackName(estate, name, environment));
  if (!(stack instanceof EstateStack)) return `there is no stack ${stackName(estate, name, environment)}${orElsewhere(app, estate, name, environment)}`;
  const construct = path.split('/').reduce<IConstruct | undefined>((parent, part) => parent?.node.tryFindChild(part), stack);
  if (construct && TerraformResource.isTerraformResource(construct)) return problemOf(construct, stack, id) ?? { stack, resource: construct };
  const paths = resourcesOf(stack).map((resource) => pathOf(resource, stack));
  if (!construct) return `${stack.node.id} has no such construct${orNearest(path, paths)}`;
  const within = paths.filter((each) => each.startsWith(`${path}/`));
  return `that is not a resource${within.length > 0 ? `; in it there is ${within.join(', ')}` : ' that Terraform makes: it only reads'}`;
}

/** Why a resource cannot be imported by this id. */
function problemOf(resource: TerraformResource, stack: EstateStack, id: string): string | undefined {
  const { terraformResourceType: type, count, forEach } = resource;
  const syntax = IMPORT_SYNTAX[type];
  if (!syntax) return `nobody has written down how ${type} is imported: add a row to constructs/policy/import-syntax`;
  if ('never' in syntax) return `${withArticle(type)} cannot be taken over: ${syntax.never}`;
  if (count !== undefined || forEach !== undefined) return `stands for several objects, which config cannot tell apart: use terraform import`;
  const left = /<[^<>]+>/.exec(id)?.[0];
  if (left) return `${JSON.stringify(id)} still has ${left} in it: put there what it is called`;
  if (!importPattern(syntax).test(id))
    return `${JSON.stringify(id)} is no id of ${withArticle(type)}, which looks like ${filledIn(syntax.id, () => undefined)}`;
  const elsewhere = [...argumentsIn(syntax, id)].flatMap(([argument, there]) => {
    const here = WHERE.includes(argument) ? said(resource, stack, argument) : undefined;
    return here && here.toLowerCase() !== there.toLowerCase() ? [`in ${argument} ${there}, the stack says ${here}`] : [];
  });
  return elsewhere.length > 0 ? `${id} is ${elsewhere.join('; ')}` : undefined;
}

/** What a resource, or else its provider, says in plain text; undefined when only Terraform learns it. */
function said(resource: TerraformResource, stack: EstateStack, argument: string): string | undefined {
  const name = resource.terraformGeneratorMetadata?.providerName;
  const ofStack = stack.node.children.filter((child) => TerraformProvider.isTerraformProvider(child)) as TerraformProvider[];
  const provider = resource.provider ?? ofStack.find(({ terraformResourceType, alias }) => terraformResourceType === name && !alias);
  const values = [resource, provider].map((one) => Object(one)[`${argument}Input`] as unknown);
  const value = values.find((each) => each !== undefined);
  return typeof value === 'string' && !Token.isUnresolved(value) ? value : undefined;
}

/**
 * In these ids an object is told apart from all others there are: by its project or account, by what the cloud made up for it, or as a bucket,
 * whose name nobody else has. A name that somebody gave may be another object in another stack, at another account or host.
 */
const WORLDWIDE = /\{project\}\/|arn:|<|\{bucket\}/;

/** An object cannot be two resources. */
function twice(imported: readonly Imported[]): string[] {
  const first = new Map<string, Imported>();
  return imported.flatMap((one) => {
    const { adoption, resource, stack } = one;
    const type = resource.terraformResourceType;
    const syntax = IMPORT_SYNTAX[type];
    const isUnique = syntax && 'id' in syntax && !syntax.isEverybodys && (WORLDWIDE.test(syntax.id) || type === 'google_storage_bucket');
    const key = JSON.stringify([type, adoption.id, isUnique ? '' : stack.node.id]);
    const other = first.get(key);
    if (!other) first.set(key, one);
    return other ? [`${placeOf(adoption)}: ${adoption.id} is ${placeOf(other.adoption)} already: one of them is another object`] : [];
  });
}

function resourcesOf(stack: EstateStack): TerraformResource[] {
  return stack.node.findAll().filter((construct) => TerraformResource.isTerraformResource(construct)) as TerraformResource[];
}

function pathOf(construct: IConstruct, stack: EstateStack): string {
  return construct.node.path.slice(stack.node.path.length + 1);
}

/** The ids of an estate's stacks in an environment. */
function stacksOf(app: Construct, estate: string, environment: Environment): string[] {
  const [before, behind] = [`${estate}-`, `-${environment}`];
  const names = app.node.children.map(({ node }) => node.id);
  return names.filter((name) => name.startsWith(before) && name.endsWith(behind)).map((name) => name.slice(before.length, -behind.length));
}

/** Where the estate has a stack of this name, or those that are called nearly so. */
function orElsewhere(app: Construct, estate: string, name: string, environment: Environment): string {
  const elsewhere = ENVIRONMENTS.filter((each) => stacksOf(app, estate, each).includes(name));
  return elsewhere.length > 0 ? `: ${name} is in ${elsewhere.join(' and ')}` : orNearest(name, stacksOf(app, estate, environment));
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function orNearest(name: string, names: readonly string[]): string {
  const near = nearest(name, names, 3);
  return near.length > 0 ? `; nearest: ${near.join(', ')}` : '';
}
