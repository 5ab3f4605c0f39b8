import { Cloud } from '../../rehearsal/cloud/cloud';
import { Faults } from '../../rehearsal/provider/faults';
import { Provider } from '../../rehearsal/provider/provider';
import { type Recorded, recordedProviders } from '../../rehearsal/provider/recorded';
import { type Attribute, type Block, emptyValue, mapAttributes } from '../../rehearsal/provider/schema';
import { UNKNOWN, type Values } from '../../rehearsal/provider/values';
import { fits } from './type-fits';

const [google] = recordedProviders({ providers: ['google'] });
const { resource_schemas: resources = {}, data_source_schemas: data = {} } = google?.schema ?? {};
/** Images are looked up among families, not objects. */
const SHARED = Object.keys(data).filter((type) => type in resources && type !== 'google_compute_image');

/** What a resource looks like when everything in it is set. */
function created(provider: Provider, type: string, block: Block): Values {
  const open = mapAttributes(block, emptyValue(block), ({ write_only }) => (write_only ? null : UNKNOWN)) as Values;
  return provider.create(type, { ...open, project: 'p', name: 'n' }, null).state;
}

/** Attributes of the data source that Terraform would not take, after an object of the same type was created. */
function wrongAnswers(type: string): string[] {
  const provider = new Provider(google as Recorded, Cloud.open(), new Faults(), {});
  provider.configure({ project: 'p', region: 'r', zone: 'z' });
  const { block: resource } = resources[type] as { block: Block };
  const { block } = data[type] as { block: Block };
  const object = created(provider, type, resource);
  const required = Object.entries(block.attributes ?? {}).filter(([, attribute]) => attribute.required);
  const config = { ...emptyValue(block), ...Object.fromEntries(required.map(([name]) => [name, object[name] ?? 'x'])) };
  const wrong: string[] = [];
  mapAttributes(block, provider.data(type, config), ({ type: own }: Attribute, value, path) => {
    if (own && !fits(own, value)) wrong.push(`${type}.${path.join('.')}`);
    return value;
  });
  return wrong;
}

test('a data source finds the object and answers in its own types, even where the resource words an attribute otherwise', () => {
  expect(SHARED.length).toBeGreaterThan(100);
  expect(SHARED.flatMap(wrongAnswers)).toEqual([]);
});

test('what a data source says is what the object is', () => {
  const provider = new Provider(google as Recorded, Cloud.open(), new Faults(), {});
  provider.configure({ project: 'p', region: 'r', zone: 'z' });
  const type = 'google_compute_subnetwork';
  const object = created(provider, type, resources[type]?.block as Block);
  const config = { ...emptyValue(data[type]?.block as Block), name: 'n', region: object.region as string };
  expect(provider.data(type, config)).toMatchObject({
    self_link: object.self_link,
    gateway_address: object.gateway_address,
    ip_cidr_range: object.ip_cidr_range,
  });
});
