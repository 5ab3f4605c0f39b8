import { parse } from '@cdktf/hcl2json';
import fc from 'fast-check';
import { block } from '../../../packer/hcl/body';
import { Heredoc, type Part, Template, type Value } from '../../../packer/hcl/value';
import { writeHcl } from '../../../packer/hcl/write';
import { attributes, data, heredocs, templates } from './arbitrary';

/**
 * HashiCorp's own parser, as @cdktf/hcl2json wraps it. It presents every string as a template: what is literal text is
 * escaped once more, and an interpolation is its source text.
 */
async function readBack(value: Value): Promise<unknown> {
  const read = await parse('test.hcl', writeHcl([block('locals', [], { value })]));
  return read.locals[0].value;
}

/** The same in the parser's presentation. */
function presented(value: Value): unknown {
  if (value instanceof Template || value instanceof Heredoc) return value.parts.map(presentedPart).join('');
  if (typeof value === 'string') return presentedPart(value);
  if (Array.isArray(value)) return value.map(presented);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [presentedPart(key), presented(each)]));
  return value === 0 ? 0 : value; // HCL has no negative zero
}

function presentedPart(part: Part): string {
  return typeof part === 'string' ? part.normalize('NFC').replace(/([$%])\{/g, '$1$1{') : `\${${'path' in part ? part.path : part.name}}`;
}

const RUNS = { numRuns: 150 };

test('any data is read back equal by an independent parser', async () => {
  await fc.assert(
    fc.asyncProperty(data, async (value) => expect(await readBack(value)).toEqual(presented(value))),
    RUNS,
  );
});

test('any template is read back with its interpolations where they were', async () => {
  await fc.assert(
    fc.asyncProperty(templates, async (value) => expect(await readBack(value)).toEqual(presented(value))),
    RUNS,
  );
});

test('any heredoc is read back line by line', async () => {
  await fc.assert(
    fc.asyncProperty(heredocs, async (value) => expect(await readBack(value)).toEqual(presented(value))),
    RUNS,
  );
});

test('attributes of all kinds beside each other are read back', async () => {
  await fc.assert(
    fc.asyncProperty(attributes, async (values) => {
      const read = await parse('test.hcl', writeHcl([block('locals', [], values)]));
      expect(read.locals[0]).toEqual(presented({ ...values }));
    }),
    RUNS,
  );
});

test('a label is read back too', async () => {
  const read = await parse('test.hcl', writeHcl([block('source', ['a"b', 'c\\d'], { x: 1 })]));
  expect(read).toEqual({ source: { 'a"b': { 'c\\d': [{ x: 1 }] } } });
});
