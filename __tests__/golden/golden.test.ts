import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATEFUL } from '../../constructs/policy/stateful';
import { parse, synthEstates } from '../support/synth';

/**
 * Renaming a construct destroys and creates; removing one that holds data destroys the data, and prevent_destroy goes
 * with it. These lists make both show in the review. `make golden` accepts what is there now.
 */
const UPDATE = process.env.UPDATE_GOLDEN === '1';
const ADDRESSES = join(__dirname, 'addresses');
const STATEFUL_INVENTORY = join(__dirname, 'stateful.txt');

const stacks = synthEstates();
const addresses = new Map(
  [...stacks].map(([name, json]) => {
    const { resource = {}, data = {} } = parse(json);
    const of = (blocks: typeof resource, prefix: string) =>
      Object.entries(blocks).flatMap(([type, ids]) => Object.keys(ids).map((id) => `${prefix}${type}.${id}`));
    return [name, [...of(resource, ''), ...of(data, 'data.')].sort()] as const;
  }),
);
const inventory = [...addresses]
  .flatMap(([stack, list]) => list.filter((address) => STATEFUL[address.split('.')[0] as string]).map((address) => `${stack} ${address}`))
  .sort();

if (UPDATE) {
  rmSync(ADDRESSES, { recursive: true, force: true });
  mkdirSync(ADDRESSES);
  for (const [stack, list] of addresses) writeFileSync(join(ADDRESSES, `${stack}.txt`), `${list.join('\n')}\n`);
  writeFileSync(STATEFUL_INVENTORY, `${inventory.join('\n')}\n`);
}

/** Shown beside a difference. */
const HINT = 'Meant? A rename needs moveFromId on the renamed resource, or Terraform destroys and creates; then accept with make golden';

const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');

test('every stack has a golden list, and no list is left over', () => {
  expect(readdirSync(ADDRESSES).sort()).toEqual([...addresses.keys()].map((stack) => `${stack}.txt`).sort());
});

test.each([...addresses.keys()])('%s has the addresses it had', (stack) => {
  expect({ HINT, addresses: addresses.get(stack) }).toEqual({ HINT, addresses: lines(join(ADDRESSES, `${stack}.txt`)) });
});

test('what holds data is still there: a line that goes takes its data with it', () => {
  expect({ HINT, inventory }).toEqual({ HINT, inventory: lines(STATEFUL_INVENTORY) });
});
