import { nameProblem } from '../../constructs/policy/names';
import { missing } from '../cloud/checks';
import type { Cloud, CloudObject } from '../cloud/cloud';
import { COMPUTED } from '../cloud/computed';
import { readData } from '../cloud/data-sources';
import { IDENTITIES, identityKey } from '../cloud/identities';
import { adopted, importable, neverImported } from '../cloud/imports';
import { isAbandoned, protectionProblem } from '../cloud/protections';
import { replacingArguments } from '../cloud/replacements';
import { hex, type Site } from '../cloud/site';
import { conform } from './conform';
import { withKnownAtPlan, withProviderDefaults } from './defaults';
import type { Faults } from './faults';
import { plan, replacements } from './plan';
import type { Recorded } from './recorded';
import { Refusal } from './refusal';
import { type Block, emptyValue, mapAttributes, type Path, type Schema } from './schema';
import { fillUnknown } from './stand-ins';
import { isRecord, known, UNKNOWN, type Value, type Values } from './values';

export interface Planned {
  readonly planned: Value;
  readonly requiresReplace: readonly Path[];
}

export interface ProviderOptions {
  /** An import of an id that the cloud does not have adopts an object that "runs already". @default false: it is refused */
  readonly adopt?: boolean;
}

/** One configured provider: what Terraform asks of it, as functions of values. Errors are `Refusal`s. */
export class Provider {
  private site: Site;

  constructor(
    private readonly recorded: Recorded,
    private readonly cloud: Cloud,
    private readonly faults: Faults,
    private readonly options: ProviderOptions,
  ) {
    this.site = { provider: recorded.name, config: {} };
  }

  configure(config: Value): void {
    this.site = { ...this.site, config: isRecord(config) ? config : {} };
  }

  validate(type: string, config: Value): void {
    this.resource(type);
    const problem = nameProblem(type, known(config) as Values);
    if (problem) throw new Refusal('Illegal name', problem, [problem.slice(0, problem.indexOf(' '))]);
  }

  plan(type: string, key: string | undefined, prior: Value, proposed: Value, config: Value): Planned {
    this.strike('plan', type, config);
    const block = this.resource(type);
    const derive = (values: Value) => withKnownAtPlan(type, withProviderDefaults(values, { block, config, site: this.site }), this.site);
    const planned = plan({ block, prior, proposed, derive });
    const sparse = key !== undefined && this.cloud.get(key)?.adopted === true;
    return { planned, requiresReplace: replacements(replacingArguments(type), prior, planned, sparse) };
  }

  create(type: string, planned: Values, config: Value): CloudObject {
    this.strike('apply', type, config);
    this.check(type, planned, config);
    return this.store(type, this.fill(type, planned, config));
  }

  update(type: string, key: string | undefined, prior: Values, planned: Values, config: Value): CloudObject {
    this.strike('apply', type, config);
    const existing = this.existing(type, prior, key);
    if (!existing) throw new Refusal(`${type} not found`, 'It was removed after the plan was made.');
    this.check(type, planned, config);
    return this.store(type, this.fill(type, planned, config), existing.key);
  }

  destroy(type: string, key: string | undefined, prior: Values): void {
    this.strike('apply', type, prior);
    const existing = this.existing(type, prior, key);
    if (!existing || isAbandoned(type, prior)) return;
    const problem = protectionProblem(type, existing.state);
    if (problem) throw new Refusal(`Cannot delete ${existing.key}`, problem);
    this.cloud.remove(existing.key);
  }

  read(type: string, key: string | undefined, state: Value): CloudObject | undefined {
    this.strike('read', type, state);
    return isRecord(state) ? this.existing(type, state, key) : undefined;
  }

  import(type: string, id: string): CloudObject {
    const block = this.resource(type);
    const never = neverImported(type);
    if (never) throw new Refusal(`resource ${type} doesn't support import`, never);
    const found = importable(type, id, this.cloud, this.site) ?? (this.options.adopt ? adopted(type, id, emptyValue(block), this.site) : undefined);
    if (!found) {
      const existing = this.cloud.find(type).map(({ state }) => state.id);
      const form = COMPUTED[type]?.id;
      const hint = this.options.adopt && form ? `An id looks like ${form}.` : `The stand-in cloud has ${existing.join(', ') || 'none'}.`;
      throw new Refusal('Cannot import non-existent remote object', `There is no ${type} with id ${JSON.stringify(id)}. ${hint}`);
    }
    if (!this.cloud.get(found.key)) this.cloud.put(found);
    return found;
  }

  data(type: string, config: Values): Values {
    const block = schemaOf(this.recorded.schema.data_source_schemas, type).block;
    const answer = readData(type, config, this.site, this.cloud);
    if ('problem' in answer) throw new Refusal(`${type} not found`, answer.problem);
    const open = mapAttributes(block, config, ({ computed, type: own }, value, [name, ...deeper]) => {
      if (value !== null || !computed) return value;
      const found = deeper.length === 0 ? answer.values[name as string] : undefined;
      return own && found !== undefined ? conform(own, found) : UNKNOWN;
    }) as Values;
    return fillUnknown(open, { type, block, site: this.site, seed: JSON.stringify(known(config)) });
  }

  private resource(type: string): Block {
    return schemaOf(this.recorded.schema.resource_schemas, type).block;
  }

  private existing(type: string, state: Values, key: string | undefined): CloudObject | undefined {
    const byKey = this.cloud.get(key ?? identityKey(type, state, this.site) ?? '');
    return byKey ?? (key ? undefined : this.cloud.find(type, ({ id }) => typeof id === 'string' && id === state.id)[0]);
  }

  /** Attributes that are still open get their values; what tells objects apart is in the seed. */
  private fill(type: string, planned: Values, config: Value): { readonly state: Values; readonly key: string } {
    const block = this.resource(type);
    const defaulted = withProviderDefaults(planned, { block, config, site: this.site }) as Values;
    const identity = identityKey(type, defaulted, this.site);
    for (let n = 0, last = ''; ; n++) {
      const seed = identity ?? `${hex(12, JSON.stringify(known(defaulted)))}-${n}`;
      const state = fillUnknown(defaulted, { type, block, site: this.site, seed });
      const key = identityKey(type, state, this.site) ?? `${type}/#${seed}`;
      if (identity || key === last || !this.cloud.get(key)) return { state, key };
      last = key;
    }
  }

  /** Only what the user wrote is checked: everything in it is known by now. */
  private check(type: string, { project = null }: Values, config: Value): void {
    const problem = missing(type, { ...(config as Values), project }, this.site, this.cloud);
    if (problem) throw new Refusal(`${type} refused`, `${problem.argument}: ${problem.problem}.`, [problem.argument.split('.')[0] as string]);
  }

  private store(type: string, { state, key }: { readonly state: Values; readonly key: string }, previous?: string): CloudObject {
    const nextKey = IDENTITIES[type] ? key : (previous ?? key);
    if (nextKey !== previous && this.cloud.get(nextKey)) throw new Refusal('Error 409: already exists', `The stand-in cloud has ${nextKey} already.`);
    const object = { key: nextKey, type, state };
    this.cloud.put(object);
    if (previous && previous !== nextKey) this.cloud.remove(previous);
    return object;
  }

  private strike(on: 'plan' | 'apply' | 'read', type: string, values: Value): void {
    const fault = this.faults.strike(on, type, values);
    if (fault) throw new Refusal(`Fault on request: ${fault.label}`, `The rehearsal failed this ${on} of ${type} because it was asked to.`);
  }
}

function schemaOf(schemas: Readonly<Record<string, Schema>> = {}, type: string): Schema {
  const schema = schemas[type];
  if (!schema) throw new Refusal(`unknown type ${type}`, 'The provider server was started without it.');
  return schema;
}
