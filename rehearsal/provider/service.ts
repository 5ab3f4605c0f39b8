import { type ServerUnaryCall, type sendUnaryData, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { CloudObject } from '../cloud/cloud';
import { attributePath, type Diagnostic, type DynamicValue, type Request } from './protocol';
import type { Provider } from './provider';
import { Refusal } from './refusal';
import { decodeValue, encodeValue, isRecord, type Value, type Values } from './values';

type Answer = Readonly<Record<string, unknown>>;
type Answerer = (request: Request) => Answer;

/** Between wire and `Provider`: decodes, encodes and turns refusals into diagnostics. One for each connection, as each is configured on its own. */
export function serviceOf(provider: Provider, providerSchema: () => Buffer): UntypedServiceImplementation {
  return {
    GetProviderSchema: (_call: unknown, callback: sendUnaryData<Buffer>) => callback(null, providerSchema()),
    GetFunctions: handler(nothing),
    GetResourceIdentitySchemas: handler(nothing),
    StopProvider: handler(nothing),
    ValidateProviderConfig: handler(nothing),
    ValidateDataResourceConfig: handler(nothing),
    ConfigureProvider: handler(({ config }) => {
      provider.configure(value(config));
      return {};
    }),
    ValidateResourceConfig: handler(({ type_name, config }) => {
      provider.validate(type_name, value(config));
      return {};
    }),
    UpgradeResourceState: handler(({ raw_state }) => ({ upgraded_state: { json: raw_state?.json } })),
    ReadResource: handler((request) => readResource(provider, request)),
    PlanResourceChange: handler((request) => planResourceChange(provider, request)),
    ApplyResourceChange: handler(
      (request) => applyResourceChange(provider, request),
      ({ prior_state, planned_private }) => ({ new_state: prior_state, private: planned_private }),
    ),
    ImportResourceState: handler(({ type_name, id }) => {
      const object = provider.import(type_name, id);
      return { imported_resources: [{ type_name, state: dynamic(object.state), private: privateOf(object) }] };
    }),
    MoveResourceState: handler(() => {
      throw new Refusal('Cannot move between types', 'The rehearsal moves a resource only to another address of the same type.');
    }),
    ReadDataSource: handler(({ type_name, config }) => ({ state: dynamic(provider.data(type_name, record(config))) })),
  };
}

function nothing(): Answer {
  return {};
}

function readResource(provider: Provider, { type_name, current_state, private: opaque }: Request): Answer {
  const object = provider.read(type_name, keyIn(opaque), value(current_state));
  return { new_state: dynamic(object?.state ?? null), private: object ? privateOf(object) : opaque };
}

function planResourceChange(provider: Provider, { type_name, prior_state, proposed_new_state, config, prior_private }: Request): Answer {
  const { planned, requiresReplace } = provider.plan(type_name, keyIn(prior_private), value(prior_state), value(proposed_new_state), value(config));
  return { planned_state: dynamic(planned), requires_replace: requiresReplace.map(attributePath), planned_private: prior_private };
}

function applyResourceChange(provider: Provider, { type_name, prior_state, planned_state, config, planned_private }: Request): Answer {
  const prior = value(prior_state);
  const planned = value(planned_state);
  const key = keyIn(planned_private);
  if (!isRecord(planned)) {
    if (isRecord(prior)) provider.destroy(type_name, key, prior);
    return { new_state: dynamic(null) };
  }
  const object = isRecord(prior) ? provider.update(type_name, key, prior, planned, value(config)) : provider.create(type_name, planned, value(config));
  return { new_state: dynamic(object.state), private: privateOf(object) };
}

/** @param onRefusal what an answer with an error needs beside it */
function handler(answer: Answerer, onRefusal: Answerer = nothing) {
  return ({ request }: ServerUnaryCall<Request, Answer>, callback: sendUnaryData<Answer>) => {
    try {
      callback(null, answer(request));
    } catch (error) {
      if (error instanceof Refusal) callback(null, { ...onRefusal(request), diagnostics: [diagnostic(error)] });
      else callback({ code: status.INTERNAL, details: `a bug in rehearsal/: ${(error as Error).stack}` });
    }
  };
}

function diagnostic({ summary, detail, path }: Refusal): Diagnostic {
  return { severity: 'ERROR', summary, detail, ...(path && { attribute: attributePath(path) }) };
}

function value(dynamicValue: DynamicValue | undefined): Value {
  return decodeValue(dynamicValue?.msgpack);
}

function record(dynamicValue: DynamicValue | undefined): Values {
  const decoded = value(dynamicValue);
  return isRecord(decoded) ? decoded : {};
}

function dynamic(decoded: Value): DynamicValue {
  return { msgpack: encodeValue(decoded) };
}

/** Terraform keeps this beside the state and hands it back: it finds the object even when no attribute identifies it. */
function privateOf({ key }: Pick<CloudObject, 'key'>): Buffer {
  return Buffer.from(JSON.stringify({ key }));
}

function keyIn(opaque: Uint8Array | undefined): string | undefined {
  return opaque?.length ? JSON.parse(Buffer.from(opaque).toString()).key : undefined;
}
