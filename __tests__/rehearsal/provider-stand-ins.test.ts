import fc from 'fast-check';
import { recordedProviders } from '../../rehearsal/provider/recorded';
import { type Attribute, type Block, emptyValue, mapAttributes, type Type } from '../../rehearsal/provider/schema';
import { fillUnknown } from '../../rehearsal/provider/stand-ins';
import { isWhollyKnown, UNKNOWN, Unknown, type Value, type Values } from '../../rehearsal/provider/values';
import { fits } from './type-fits';

const SITE = { provider: 'google', config: { project: 'p', region: 'us-central1' } };

/** A create with nothing given: all that the schema computes is open. */
function allOpen(block: Block): Values {
  return mapAttributes(block, emptyValue(block), ({ computed }) => (computed ? UNKNOWN : null)) as Values;
}

const RECORDED = recordedProviders({ providers: ['google', 'linode', 'docker', 'kubernetes', 'tfe'] });
const SCHEMAS = RECORDED.flatMap(({ schema }) => Object.entries(schema.resource_schemas ?? {}));

test('every resource type of every provider is filled with values of its own types', () => {
  const wrong = SCHEMAS.filter(([type, { block }]) => {
    const filled = fillUnknown(allOpen(block), { type, block, site: SITE, seed: 'a' });
    const bad: string[] = [];
    mapAttributes(block, filled, ({ type: own }: Attribute, value, path) => {
      if (value instanceof Unknown || (own && !fits(own, value))) bad.push(path.join('.'));
      return value;
    });
    return bad.length > 0 || !isWhollyKnown(filled);
  });
  expect(wrong.map(([type]) => type)).toEqual([]);
});

test('any type is filled, and what was known of it stays', () => {
  const { type: types } = fc.letrec<{ type: Type }>((tie) => ({
    type: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Type>('string', 'number', 'bool', 'dynamic'),
      fc.tuple(fc.constantFrom('list' as const, 'set' as const, 'map' as const), tie('type')),
      fc.tuple(fc.constant('object' as const), fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('type'), { maxKeys: 3, noNullPrototype: true })),
    ),
  }));
  fc.assert(
    fc.property(types, (type) => {
      const block: Block = { attributes: { x: { type, computed: true }, y: { type: 'string', optional: true } } };
      const filled = fillUnknown({ x: UNKNOWN, y: 'kept' }, { type: 't', block, site: SITE, seed: 's' });
      expect(filled.y).toBe('kept');
      expect(isWhollyKnown(filled)).toBe(true);
      expect(fits(type, filled.x as Value)).toBe(true);
    }),
  );
});

const filled = (type: string, given: Values, seed = 'seed') => {
  const block = SCHEMAS.find(([name]) => name === type)?.[1].block as Block;
  return fillUnknown({ ...allOpen(block), ...given }, { type, block, site: SITE, seed });
};

test('the same object gets the same values, another one others', () => {
  expect(filled('google_compute_network', { name: 'a' })).toEqual(filled('google_compute_network', { name: 'a' }));
  expect(filled('google_compute_address', { name: 'a' }, 'one').address).not.toBe(filled('google_compute_address', { name: 'a' }, 'two').address);
});

test('ids, links, accounts and addresses have the form that others rely on', () => {
  expect(filled('google_compute_subnetwork', { name: 's', project: 'p', region: 'https://www.googleapis.com/compute/v1/projects/p/regions/eu' })).toMatchObject(
    {
      id: 'projects/p/regions/eu/subnetworks/s',
      self_link: 'https://www.googleapis.com/compute/v1/projects/p/regions/eu/subnetworks/s',
    },
  );
  expect(filled('google_service_account', { account_id: 'robot', project: 'p' })).toMatchObject({
    email: 'robot@p.iam.gserviceaccount.com',
    member: 'serviceAccount:robot@p.iam.gserviceaccount.com',
  });
  expect(filled('google_compute_global_address', { name: 'a', project: 'p' }).address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
  expect(filled('google_certificate_manager_dns_authorization', { name: 'a', project: 'p', domain: 'example.com', location: null })).toMatchObject({
    id: 'projects/p/locations/global/dnsAuthorizations/a',
    dns_resource_record: [{ name: '_acme-challenge.example.com.', type: 'CNAME' }],
  });
  expect(filled('google_firestore_index', { project: 'p', database: '(default)', collection: 'users', fields: [] }).id).toMatch(
    /^projects\/p\/databases\/\(default\)\/collectionGroups\/users\/indexes\/[0-9a-f]{12}$/,
  );
});

test('a name asked for by prefix begins with it', () => {
  expect(filled('google_compute_instance_template', { name_prefix: 'web-', project: 'p' }).name).toMatch(/^web-[0-9a-f]{26}$/);
});
