import { COMPUTED, KNOWN_AT_PLAN } from '../cloud/computed';
import { at, type Site } from '../cloud/site';
import { fillTemplate } from '../cloud/template';
import { Refusal } from './refusal';
import type { Attribute, Block } from './schema';
import { isRecord, UNKNOWN, Unknown, type Value, type Values } from './values';

/** Labels that the google provider adds by itself, https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/guides/provider_reference#add_terraform_attribution_label */
const ATTRIBUTION = { 'goog-terraform-provisioned': 'true' };

export interface DefaultsInput {
  readonly block: Block;
  /** What the user wrote; null where a value was left to the provider. */
  readonly config: Value;
  readonly site: Site;
}

/** Fills in what providers decide from their own configuration, at plan time already: project, place, default labels and tags. */
export function withProviderDefaults(values: Value, { block, config, site }: DefaultsInput): Value {
  if (!isRecord(values) || !isRecord(config)) return values;
  const attributes = block.attributes ?? {};
  if (site.provider === 'google') return { ...values, ...places(attributes, config, site.config), ...labels(attributes, values, site.config) };
  if (site.provider === 'aws') return { ...values, ...tags(attributes, values, site.config), ...certificateRecords(attributes, values) };
  return values;
}

function places(attributes: Readonly<Record<string, Attribute>>, config: Values, provider: Values): Values {
  const open = ['project', 'region', 'zone'].filter((name) => attributes[name]?.optional && attributes[name].computed && config[name] === null);
  if (open.includes('project') && provider.project === null) {
    throw new Refusal('project: required field is not set', 'Neither the resource nor the provider names a project.', ['project']);
  }
  return Object.fromEntries(open.filter((name) => (provider[name] ?? null) !== null).map((name) => [name, provider[name] as Value]));
}

function labels(attributes: Readonly<Record<string, Attribute>>, values: Values, config: Values): Values {
  if (!attributes.effective_labels || !attributes.terraform_labels) {
    return attributes.effective_annotations ? { effective_annotations: values.annotations ?? {} } : {};
  }
  const attribution = config.add_terraform_attribution_label === false ? {} : ATTRIBUTION;
  const merged = merge(config.default_labels, values.labels, attribution);
  return { terraform_labels: merged, effective_labels: merged, ...(attributes.effective_annotations && { effective_annotations: values.annotations ?? {} }) };
}

function tags(attributes: Readonly<Record<string, Attribute>>, values: Values, config: Values): Values {
  return attributes.tags_all?.computed ? { tags_all: merge(at(config, 'default_tags.tags') as Value, values.tags) } : {};
}

/** Fills in attributes that the provider works out from arguments before anything exists. */
export function withKnownAtPlan(type: string, values: Value, site: Site): Value {
  if (!isRecord(values)) return values;
  const open = (KNOWN_AT_PLAN[type]?.attributes ?? []).filter((name) => values[name] === null);
  if (open.length === 0 || Object.values(values).some((value) => value instanceof Unknown)) return values;
  const attribute = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  return { ...values, ...Object.fromEntries(open.map((name) => [name, fillTemplate(COMPUTED[type]?.[name] ?? '', { site, seed: type, attribute })])) };
}

/** One validation record a domain name: the names are known at plan time, so that `for_each` can go through them. */
function certificateRecords(attributes: Readonly<Record<string, Attribute>>, values: Values): Values {
  if (!attributes.domain_validation_options || values.domain_validation_options !== null) return {};
  const names = [values.domain_name, ...(Array.isArray(values.subject_alternative_names) ? values.subject_alternative_names : [])];
  if (names.some((name) => name instanceof Unknown)) return {};
  const records = [...new Set(names)].map((name) => ({
    domain_name: name as Value,
    resource_record_name: UNKNOWN,
    resource_record_type: UNKNOWN,
    resource_record_value: UNKNOWN,
  }));
  return { domain_validation_options: records };
}

function merge(...maps: (Value | undefined)[]): Value {
  if (maps.some((map) => map instanceof Unknown)) return UNKNOWN;
  return Object.assign({}, ...maps.filter(isRecord));
}
