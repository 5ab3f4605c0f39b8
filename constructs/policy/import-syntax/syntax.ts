/** How an object that runs already is named to `terraform import` and in an `import` block, by its Terraform type. */
export type ImportSyntax = Importable | NotImportable;

/**
 * In both texts `{name}` stands for an argument of the resource (a dot leads into a block, `{name=x}` is for one left out; project, region
 * and the like are the provider's where the resource has none), `<id>` for what only the cloud knows. A `*` at the end: slashes may be in it.
 */
export interface Importable {
  /** `projects/{project}/topics/{name}`: of the forms that the provider takes, the one that it then calls the object by. */
  readonly id: string;
  /** A command that shows the ids of such objects, or this one's. It only reads. */
  readonly find: string;
  /** What to know before. @default nothing */
  readonly remark?: string;
  /** Several stacks may have the same one: an API that is on is on for all of them. @default false */
  readonly isEverybodys?: boolean;
  readonly source: string;
}

export interface NotImportable {
  /** Why, and what happens instead. */
  readonly never: string;
  readonly source: string;
}

export type ImportSyntaxes = Readonly<Record<string, ImportSyntax>>;

/** What the parts between angle brackets look like; others are anything without a slash. */
const SHAPES: Readonly<Record<string, string>> = {
  number: '\\d+',
  hex: '[0-9a-f]+',
  account: '\\d{12}',
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  address: '[0-9a-fA-F.:]+',
};

const PLACE = /\{([A-Za-z][\w.]*)(\*?)(?:=([^}]*))?\}|<([^>*]+)(\*?)>/g;

/** What every id of the type looks like, with a group for each part. */
export function importPattern({ id }: Importable): RegExp {
  let pattern = '';
  let end = 0;
  for (const { 0: place, 2: slashes, 4: shape = '', 5: more, index } of id.matchAll(PLACE)) {
    pattern += `${literal(id.slice(end, index))}(${SHAPES[shape] ?? (slashes || more ? '\\S(?:.*\\S)?' : '[^/\\s]+')})`;
    end = index + place.length;
  }
  return new RegExp(`^${pattern}${literal(id.slice(end))}$`);
}

/** The arguments that an id tells, by name; none when it is no id of the type. */
export function argumentsIn(syntax: Importable, id: string): ReadonlyMap<string, string> {
  const values = importPattern(syntax).exec(id)?.slice(1) ?? [];
  const names = [...syntax.id.matchAll(PLACE)].map(([, argument]) => argument);
  return new Map(values.flatMap((value, i) => (names[i] ? [[names[i], value]] : [])));
}

/** AWS has further partitions, for China and for governments. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('arn:aws:', 'arn:aws[a-z-]*:');
}

/** One of the texts with what is known filled in; what is not stands between angle brackets. */
export function filledIn(template: string, known: (argument: string) => string | undefined): string {
  return template.replace(PLACE, (whole, argument: string | undefined, _slashes, otherwise: string | undefined) =>
    argument === undefined ? whole.replace('*', '') : (known(argument) ?? otherwise ?? `<${argument}>`),
  );
}
