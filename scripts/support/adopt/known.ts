import { filledIn, IMPORT_SYNTAX } from '../../../constructs/policy/import-syntax';
import { COMPUTED } from '../../../rehearsal/cloud/computed';
import { at } from '../../../rehearsal/cloud/site';

/** A resource or provider block of a synthesized stack. */
interface Synthesized {
  readonly type: string;
  readonly address?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What a provider block says for resources that do not. */
const OF_PROVIDER = new Set(['project', 'region', 'zone', 'organization', 'hostname']);

const REFERENCE = /\$\{([a-z0-9_]+\.[A-Za-z0-9_-]+)\.([a-z0-9_]+)\}/g;

/** Arguments of a stack's resources whose values can be told before anything is asked of a cloud. */
export class Known {
  private readonly byAddress: ReadonlyMap<string, Synthesized>;
  private readonly providers: ReadonlyMap<string, Synthesized>;

  /** @param named ids that config names, by address */
  constructor(
    all: readonly Synthesized[],
    private readonly named: ReadonlyMap<string, string>,
  ) {
    this.byAddress = new Map(all.flatMap((one) => (one.address ? [[one.address, one] as const] : [])));
    const unnamed = all.filter(({ type, config }) => type.startsWith('provider.') && !config.alias);
    this.providers = new Map(unnamed.map((one) => [one.type.slice('provider.'.length), one]));
  }

  /** The value of an argument, or undefined when only the cloud tells it. */
  argument(resource: Synthesized, argument: string): string | undefined {
    const own = at(resource.config, argument);
    if (own !== undefined) return typeof own === 'string' ? this.resolved(own) : undefined;
    if (!OF_PROVIDER.has(argument)) return undefined;
    const provider = this.providers.get(resource.type.split('_')[0] as string);
    const value = provider?.config[argument];
    return typeof value === 'string' ? this.resolved(value) : undefined;
  }

  /** A text with its references followed; undefined when one leads nowhere. */
  private resolved(text: string): string | undefined {
    const followed = text.replace(REFERENCE, (whole, address: string, attribute: string) => this.attribute(address, attribute) ?? whole);
    return followed.includes('${') ? undefined : followed;
  }

  private attribute(address: string, attribute: string): string | undefined {
    const resource = this.byAddress.get(address);
    if (!resource) return undefined;
    return attribute === 'id' ? this.id(resource) : (this.argument(resource, attribute) ?? this.computed(resource, attribute));
  }

  /** Providers call an object by what it is imported by: the table keeps to that. */
  private id(resource: Synthesized): string | undefined {
    const syntax = IMPORT_SYNTAX[resource.type];
    return this.named.get(resource.address ?? '') ?? (syntax && 'id' in syntax ? this.filled(resource, syntax.id) : undefined);
  }

  /** What a cloud makes of the arguments, such as the address of an account. */
  private computed(resource: Synthesized, attribute: string): string | undefined {
    const template = COMPUTED[resource.type]?.[attribute];
    return template === undefined ? undefined : this.filled(resource, template);
  }

  private filled(resource: Synthesized, template: string): string | undefined {
    const text = filledIn(template, (argument) => this.argument(resource, argument));
    return /[<{]/.test(text) ? undefined : text;
  }
}
