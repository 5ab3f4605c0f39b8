import { ApplicationCommandType, ApplicationCommandOptionType as Option } from 'discord-api-types/v10';
import * as z from 'zod';
import { checkForm, problem, text, upTo } from './form';

/** What a bot may register: https://discord.com/developers/docs/interactions/application-commands */

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const LEAF_DEPTH = 3;

const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const name = z.string().check((context) => {
  const { value } = context;
  if (!NAME.test(value) || value !== value.toLowerCase()) {
    problem(context, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
});
const description = text(1, 100);
const choice = z.object({ name: text(1, 100), value: z.union([text(1, 100), z.number()]) });

const optionFields = z.object({
  type: z.enum(Option),
  name,
  description,
  required: maybe(z.boolean()),
  choices: maybe(upTo(25, choice)),
  channel_types: maybe(z.array(z.int())),
  min_value: maybe(z.number()),
  max_value: maybe(z.number()),
  min_length: maybe(z.int().min(0).max(6000)),
  max_length: maybe(z.int().min(1).max(6000)),
  autocomplete: maybe(z.boolean()),
});
export type OptionDefinition = z.output<typeof optionFields> & { options?: OptionDefinition[] | undefined };

const NUMBERS: readonly Option[] = [Option.Integer, Option.Number];
const CHOOSABLE: readonly Option[] = [Option.String, ...NUMBERS];
const GROUPS: readonly Option[] = [Option.Subcommand, Option.SubcommandGroup];

function option(depth: number): z.ZodType<OptionDefinition> {
  const schema = depth === LEAF_DEPTH ? optionFields : optionFields.extend({ options: maybe(optionList(depth + 1)) });
  return schema.check((context) => {
    const { type, choices, autocomplete, channel_types, min_value, max_value, min_length, max_length, required } = context.value;
    const only = (field: string, given: unknown, types: readonly Option[]) => {
      if (given !== undefined && !types.includes(type)) problem(context, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', `${field} is not for this type`, [field]);
    };
    only('choices', choices, CHOOSABLE);
    only('autocomplete', autocomplete === true ? true : undefined, CHOOSABLE);
    only('channel_types', channel_types, [Option.Channel]);
    only('min_value', min_value, NUMBERS);
    only('max_value', max_value, NUMBERS);
    only('min_length', min_length, [Option.String]);
    only('max_length', max_length, [Option.String]);
    only('options', (context.value as OptionDefinition).options, GROUPS);
    if (autocomplete && choices?.length) {
      problem(context, 'APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES', 'Autocomplete cannot be used with choices', ['autocomplete']);
    }
    if (choices?.some(({ value }) => (typeof value === 'string') !== (type === Option.String))) {
      problem(context, 'BASE_TYPE_BAD', 'A choice is not of the type of its option', ['choices']);
    }
    if (GROUPS.includes(type) && (required === true || depth > (type === Option.Subcommand ? 2 : 1))) {
      problem(context, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-command option types cannot be required, nor deeper than one group', ['type']);
    }
  }) as z.ZodType<OptionDefinition>;
}

function optionList(depth: number): z.ZodType<OptionDefinition[]> {
  return upTo(25, option(depth)).check((context) => {
    const { value: options } = context;
    options.forEach(({ name: its, required, type }, i) => {
      if (required && options.slice(0, i).some((before) => !before.required)) {
        problem(context, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', 'Required options must be placed before non-required options', [i]);
      }
      if (options.slice(0, i).some((before) => before.name === its)) {
        problem(context, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists', [i, 'name']);
      }
      if (GROUPS.includes(type) !== GROUPS.includes((options[0] as OptionDefinition).type)) {
        problem(
          context,
          'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
          'Sub-command and sub-command group option types are mutually exclusive to all other types',
          [i],
        );
      }
    });
  });
}

const command = z
  .object({
    type: z.literal(ApplicationCommandType.ChatInput, 'the test bench knows slash commands only').default(ApplicationCommandType.ChatInput),
    name,
    description,
    options: maybe(optionList(1)),
    default_member_permissions: z
      .string()
      .regex(/^\d+$/)
      .nullish()
      .transform((value) => value ?? null),
    dm_permission: maybe(z.boolean()),
    contexts: maybe(z.array(z.int().min(0).max(2))),
    integration_types: maybe(z.array(z.int().min(0).max(1))),
    nsfw: maybe(z.boolean()),
    name_localizations: maybe(z.record(z.string(), name)),
    description_localizations: maybe(z.record(z.string(), description)),
  })
  .check((context) => {
    if (lengthOf(context.value) > 8000) problem(context, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
  });
export type CommandDefinition = z.output<typeof command>;

interface Sized {
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly { name: string; value: string | number }[] | undefined;
  readonly options?: readonly Sized[] | undefined;
}

function lengthOf({ name: own, description: said, choices = [], options = [] }: Sized): number {
  const values = choices.reduce((sum, one) => sum + one.name.length + (typeof one.value === 'string' ? one.value.length : 0), 0);
  return own.length + said.length + values + options.reduce((sum, one) => sum + lengthOf(one), 0);
}

const commands = upTo(100, command).check((context) => {
  context.value.forEach(({ name: its }, i) => {
    if (context.value.slice(0, i).some((before) => before.name === its)) {
      problem(context, 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique', [i, 'name']);
    }
  });
});

export const checkCommand = (body: unknown): CommandDefinition => checkForm(command, body);
export const checkCommands = (body: unknown): CommandDefinition[] => checkForm(commands, body);
