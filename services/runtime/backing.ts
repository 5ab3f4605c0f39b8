import type { ProvisionableBus } from './bus/bus';
import { openBus } from './bus/open';
import { checkCredentials } from './google/credentials';
import type { Shutdown } from './shutdown';
import { openStores } from './stores/open';
import type { OpenStores, StoreName } from './stores/stores';

/** Of the environment: where bus and stores are. */
export interface BackingVariables {
  readonly BUS: 'pubsub' | 'embedded';
  readonly STORE: 'firestore' | 'embedded';
  readonly PROJECT: string;
  readonly DATABASE: string;
  readonly ENVIRONMENT: 'dev' | 'prod';
  /** Where one of them is embedded. */
  readonly EMBEDDED_FILE?: string;
  readonly LOG_ENTRY_TOPIC: string;
  readonly COMMAND_TOPIC: string;
  readonly POISON_TOPIC: string;
  readonly SUBSCRIPTION: string;
}

export interface Backing<N extends StoreName> {
  readonly bus: ProvisionableBus;
  readonly stores: OpenStores<N>;
}

export interface BackingNeeds<N extends StoreName> {
  readonly stores: readonly N[];
  /** What SUBSCRIPTION is a subscription of. */
  readonly topic: 'LOG_ENTRY_TOPIC' | 'COMMAND_TOPIC';
}

/** Opens bus and stores; they are closed when the process ends. */
export async function openBacking<N extends StoreName>(variables: BackingVariables, needs: BackingNeeds<N>, shutdown: Shutdown): Promise<Backing<N>> {
  const { BUS, STORE, PROJECT: project, DATABASE: database, ENVIRONMENT: environment, EMBEDDED_FILE: file = '' } = variables;
  const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
  const google = [BUS === 'pubsub' && !PUBSUB_EMULATOR_HOST && 'BUS=pubsub', STORE === 'firestore' && !FIRESTORE_EMULATOR_HOST && 'STORE=firestore'];
  await checkCredentials(google.filter((setting) => setting !== false));
  const stores = await openStores(STORE === 'embedded' ? { kind: STORE, file } : { kind: STORE, project, database, environment }, needs.stores);
  shutdown.register('stores', () => stores.close());
  const bus = await openBus(BUS === 'embedded' ? { kind: BUS, file } : { kind: BUS, project });
  shutdown.register('bus', () => bus.close());
  // an embedded bus has no infrastructure that would make them
  if (BUS === 'embedded') {
    const topics = (['LOG_ENTRY_TOPIC', 'COMMAND_TOPIC', 'POISON_TOPIC'] as const).map((name) => ({ topic: variables[name] }));
    await bus.provision([...topics, { topic: variables[needs.topic], subscription: variables.SUBSCRIPTION }]);
  }
  return { bus, stores };
}
