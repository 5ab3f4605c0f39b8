import { block } from '../../../packer/hcl/body';
import { call, heredoc, Reference, ref, template, type Value } from '../../../packer/hcl/value';
import { writeHcl } from '../../../packer/hcl/write';

const write = (attributes: Record<string, Value | undefined>) =>
  writeHcl([block('locals', [], attributes)])
    .split('\n')
    .slice(1, -2)
    .map((line) => line.slice(2));

test('blocks, labels, nesting and comments', () => {
  const nested = block('required_plugins', [], { googlecompute: { source: 'github.com/hashicorp/googlecompute', version: '1.1.6' } });
  const blocks = [block('packer', [], { required_version: '>= 1.12.0' }, [nested]), block('source', ['null', 'image'], {}, [], 'Nothing yet.\nReally.')];
  expect(writeHcl(blocks, 'Generated.')).toBe(`# Generated.

packer {
  required_version = ">= 1.12.0"

  required_plugins {
    googlecompute = {
      source  = "github.com/hashicorp/googlecompute"
      version = "1.1.6"
    }
  }
}

# Nothing yet.
# Really.
source "null" "image" {}
`);
});

test('equals signs of neighbours on one line are aligned; a value of several lines starts anew', () => {
  expect(write({ a: 1, long_name: true, object: { x: null, 'y z': -1 }, b: [], much_longer: {}, c: ref('var.c'), left_out: undefined })).toEqual([
    'a         = 1',
    'long_name = true',
    'object = {',
    '  x     = null',
    '  "y z" = -1',
    '}',
    'b           = []',
    'much_longer = {}',
    'c           = var.c',
  ]);
});

test('a long list has a line for each item, one with objects too', () => {
  expect(write({ a: ['x'.repeat(60), 'y'.repeat(60)], b: [{ c: 1 }, [2, 3]] })).toEqual([
    'a = [',
    `  "${'x'.repeat(60)}",`,
    `  "${'y'.repeat(60)}",`,
    ']',
    'b = [',
    '  {',
    '    c = 1',
    '  },',
    '  [2, 3],',
    ']',
  ]);
});

test('calls, and those with an object', () => {
  expect(write({ a: call('coalesce', ref('var.version'), call('timestamp')), b: call('jsonencode', { c: 1 }, 2) })).toEqual([
    'a = coalesce(var.version, timestamp())',
    'b = jsonencode(',
    '  {',
    '    c = 1',
    '  },',
    '  2',
    ')',
  ]);
});

test('templates: literal text is escaped, expressions are not', () => {
  const x = ref('var.x');
  expect(write({ a: template`PATH="${x}" $${'{y}'} %${'{z}'}\n`, b: template`${call('f', 'q"')}${'${var.y}'}` })).toEqual([
    'a = "PATH=\\"${var.x}\\" $${y} %%{z}\\n"',
    'b = "${f("q\\"")}$${var.y}"',
  ]);
});

test('a dollar sign before an interpolation stays a dollar sign', () => {
  expect(write({ a: template`$${ref('var.x')}`, b: template`${'$'}${''}${ref('var.x')}` })).toEqual(['a = "\\u0024${var.x}"', 'b = "\\u0024${var.x}"']);
  expect(writeHcl([block('locals', [], { a: heredoc('$$', ref('var.x'), '\n') })])).toContain('<<EOT\n${"$$"}${var.x}\nEOT\n');
});

test('what nobody would see is written as an escape', () => {
  expect(write({ a: '\0\u202e\u200d\ufeff\u{e0001}', b: 'é😀' })).toEqual(['a = "\\u0000\\u202e\\u200d\\ufeff\\U000e0001"', 'b = "é😀"']);
});

test("an object's keys are quoted where they must be, and plain ASCII", () => {
  expect(write({ a: { for: 1, 'a.b': 2, é: 3, '😀': 4, 'ok-1': 5 } })).toEqual([
    'a = {',
    '  "for"        = 1',
    '  "a.b"        = 2',
    '  "\\u00e9"     = 3',
    '  "\\U0001f600" = 4',
    '  ok-1         = 5',
    '}',
  ]);
});

test('a heredoc keeps its lines, is aligned as one line, and chooses a marker that its text does not use', () => {
  const text = '  indented\n\nEOT\n EOT1 \n${x} %{y} "\\n"\n';
  expect(writeHcl([block('locals', [], { a: heredoc(text), long: 1 })])).toBe(
    'locals {\n  a    = <<EOT2\n  indented\n\nEOT\n EOT1 \n$${x} %%{y} "\\n"\nEOT2\n  long = 1\n}\n',
  );
});

test('a heredoc where no line may end after its marker becomes a string', () => {
  expect(write({ a: [heredoc('x\n')], b: call('f', heredoc('y ', ref('var.y'), '\n')) })).toEqual(['a = ["x\\n"]', 'b = f("y ${var.y}\\n")']);
});

test.each<[string, () => unknown]>([
  ['ends with a newline', () => heredoc('no newline')],
  ['ends with a newline', () => heredoc('x\n', ref('var.x'))],
  ['cannot hold the control character "\\r"', () => heredoc('dos\r\n')],
  ['half of a surrogate pair', () => write({ a: '\ud800' })],
  ['not a number that HCL knows', () => write({ a: Number.NaN })],
  ['not a reference', () => new Reference('var.x}')],
  ["not a function's name", () => call('f(')],
  ['cannot name a block or an attribute', () => block('a b', [], {})],
  ['cannot name a block or an attribute', () => block('a', [], { 'b c': 1 })],
  ['put it in a local', () => write({ a: template`${call('f', { b: 1 })}` })],
])('refused: %s', (message, act) => {
  expect(act).toThrow(message);
});

test('a template inside another becomes part of it', () => {
  expect(write({ a: template`x=${template`$`}${template`${ref('var.x')}/y`}` })).toEqual(['a = "x=\\u0024${var.x}/y"']);
});
