import type { ProvisionableBus } from './bus';
import type { EmbeddedBusSettings } from './embedded';
import type { PubSubBusSettings } from './pubsub';

/** Which bus: a file on this machine, or Google's. */
export type BusSettings = ({ readonly kind: 'embedded' } & EmbeddedBusSettings) | ({ readonly kind: 'pubsub' } & PubSubBusSettings);

/** Opens a bus. Only what that kind needs is loaded. */
export async function openBus(settings: BusSettings): Promise<ProvisionableBus> {
  if (settings.kind === 'embedded') {
    const { EmbeddedBus } = await import('./embedded');
    return EmbeddedBus.open(settings);
  }
  const { PubSubBus } = await import('./pubsub');
  return new PubSubBus(settings);
}
