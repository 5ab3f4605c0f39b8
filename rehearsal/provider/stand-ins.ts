import { COMPUTED } from '../cloud/computed';
import { hex, type Site } from '../cloud/site';
import { documentationAddress, fillTemplate } from '../cloud/template';
import { type Attribute, type Block, mapAttributes, type Path, type Type } from './schema';
import { isRecord, isWhollyKnown, Unknown, type Value, type Values } from './values';

export interface StandInInput {
  readonly type: string;
  readonly block: Block;
  readonly site: Site;
  /** The object's identity, or what else tells it from others: the same seed gives the same values. */
  readonly seed: string;
}

/** The values with everything unknown replaced by what the cloud might have answered: of the right type, the same each time. */
export function fillUnknown(planned: Values, input: StandInInput): Values {
  return new StandIns(planned, input).fill();
}

class StandIns {
  private readonly templates: Readonly<Record<string, string>>;
  /** Top-level text attributes already decided, so that one can build on another (`self_link` on `id`). */
  private readonly texts = new Map<string, string | undefined>();

  constructor(
    private readonly planned: Values,
    private readonly input: StandInInput,
  ) {
    this.templates = COMPUTED[input.type] ?? {};
  }

  fill(): Values {
    return mapAttributes(this.input.block, this.planned, (attribute, value, path) =>
      isWhollyKnown(value) ? value : this.attribute(attribute, value, path),
    ) as Values;
  }

  private attribute({ type, nested_type, optional }: Attribute, value: Value, path: Path): Value {
    if (type) return this.value(type, value, path, optional ?? false);
    if (!nested_type || !(value instanceof Unknown)) return value; // its attributes are visited next
    const element = Object.fromEntries(Object.keys(nested_type.attributes).map((name) => [name, value]));
    if (nested_type.nesting_mode === 'single') return element;
    if (nested_type.nesting_mode === 'map') return {};
    return optional ? [] : [element];
  }

  private value(type: Type, value: Value, path: Path, optional: boolean): Value {
    if (isWhollyKnown(value)) return value;
    if (type === 'string') return this.text(path);
    if (type === 'number') return 1;
    if (type === 'bool') return false;
    if (type === 'dynamic') return ['"string"', this.text(path)];
    if (type[0] === 'object') {
      const given = isRecord(value) ? value : {};
      return Object.fromEntries(
        Object.entries(type[1]).map(([name, each]) => [
          name,
          this.value(each, name in given ? (given[name] as Value) : new Unknown(), [...path, name], optional),
        ]),
      );
    }
    if (type[0] === 'tuple') return type[1].map((each, i) => this.value(each, Array.isArray(value) ? (value[i] as Value) : value, [...path, i], optional));
    const element = type[1] as Type;
    if (Array.isArray(value)) return value.map((each, i) => this.value(element, each, [...path, i], optional));
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.value(element, each, [...path, key], optional)]));
    // A cloud mostly leaves out what could have been asked for and was not; what is only an output is there to be read.
    if (type[0] === 'map' || (optional && Array.isArray(element) && element[0] === 'object')) return type[0] === 'map' ? {} : [];
    return [this.value(element, new Unknown(), [...path, 0], optional)];
  }

  private text(path: Path): string {
    const name = path.filter((step) => typeof step === 'string').join('.');
    const { type, site, seed } = this.input;
    const template = this.templates[name];
    const ownSeed = `${type} ${seed} ${path.join('.')}`;
    if (!template) return plausibleText(type, name, ownSeed, this.planned);
    return fillTemplate(template, { site, seed: `${type} ${seed}`, attribute: (other) => this.textAttribute(other) });
  }

  private textAttribute(name: string): string | undefined {
    if (!this.texts.has(name)) {
      this.texts.set(name, undefined); // a template that needs itself ends here
      const value = this.planned[name] ?? null;
      this.texts.set(name, value instanceof Unknown ? this.text([name]) : value === null ? undefined : String(value));
    }
    return this.texts.get(name);
  }
}

const FORMS: readonly (readonly [RegExp, (seed: string, type: string) => string])[] = [
  [/(^|_)arn$/, (seed, type) => `arn:aws:${type.split('_')[1]}:us-east-1:123456789012:${type.split('_').slice(2).join('-')}/${hex(12, seed)}`],
  [/(time|_at|date|created|updated|timestamp)$/, () => '2025-01-01T00:00:00Z'],
  [/ipv6.*(cidr|range|prefix)|(cidr|range|prefix).*ipv6/, (seed) => `2001:db8:${hex(4, seed)}::/64`],
  [/cidr|(^|_)ranges?$/, () => '192.0.2.0/24'],
  [/ipv6/, (seed) => `2001:db8::${hex(4, seed)}`],
  [/(^|_)(ip|ips|ipv4|ip_address|address|network_ip)$/, documentationAddress],
  [/email$/, (seed) => `${hex(8, seed)}@example.com`],
  [/(^|_)(uri|url|link|endpoint)$/, (seed) => `https://${hex(8, seed)}.example.com`],
  [/(domain|hostname|host|fqdn|dns_name|name_servers)$/, (seed) => `${hex(8, seed)}.example.com`],
  [/(hash|etag|fingerprint|digest|sha256|md5)$/, (seed) => hex(16, seed)],
];

/** Text that looks like what its name says; `name` begins with `name_prefix` where that was asked for. */
function plausibleText(type: string, path: string, seed: string, planned: Values): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const prefix = planned[`${name}_prefix`];
  if (typeof prefix === 'string') return `${prefix}${hex(26, seed)}`;
  if (name.endsWith('_prefix') && name.slice(0, -'_prefix'.length) in planned) return ''; // the full name was given instead
  const form = FORMS.find(([pattern]) => pattern.test(name));
  return form ? form[1](seed, type) : `${name.replaceAll('_', '-')}-${hex(8, seed)}`;
}
