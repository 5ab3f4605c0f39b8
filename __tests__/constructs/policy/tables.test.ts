import { NAME_RULES } from '../../../constructs/policy/names';
import { STATEFUL } from '../../../constructs/policy/stateful';
import { schemaOf, unknownArguments } from './schemas';

/** `settings.a` as the config `{ settings: { a: true } }`. */
function configOf(path: string): Record<string, unknown> {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), true) as Record<string, unknown>;
}

test.each(Object.entries(STATEFUL))('%s exists, with the settings that protect it', (type, { deletionProtection = [], holds }) => {
  const schema = schemaOf(type);
  if (!schema) throw new Error(`${type} is in no recorded schema`);
  expect(deletionProtection.flatMap(({ argument }) => unknownArguments(configOf(argument), schema))).toEqual([]);
  for (const { on, off } of deletionProtection) {
    expect(typeof on).toBe(typeof off);
    expect(on).not.toBe(off);
  }
  expect(holds).toMatch(/^[a-zA-Z].*[^.]$/);
});

test.each(Object.entries(NAME_RULES))('%s exists, with the arguments that have rules', (type, rule) => {
  const schema = schemaOf(type);
  if (!schema) throw new Error(`${type} is in no recorded schema`);
  const named = [rule, ...(rule.also ?? [])].map(({ argument }) => argument);
  expect(named.flatMap((argument) => unknownArguments(configOf(argument), schema))).toEqual([]);
});

test('a type that is deleted with everything in it is on the list of those that hold data', () => {
  const setting = /^(force_destroy|force_delete|skip_final_snapshot)$/;
  const candidates = Object.keys(NAME_RULES).filter((type) => Object.keys(schemaOf(type)?.attributes ?? {}).some((name) => setting.test(name)));
  const allowed = ['aws_autoscaling_group', 'aws_iam_user']; // machines and access keys, which are replaced
  expect(candidates.filter((type) => !(type in STATEFUL) && !allowed.includes(type))).toEqual([]);
});
