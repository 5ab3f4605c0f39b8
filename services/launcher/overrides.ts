import { LaunchError } from './failure';
import { DEEPEST, isJsonObject, isTooDeep, type Json, type JsonObject } from './json';

const PREFIX = 'egf_';

/** The environment without what overrides: the document has it already. The framework would put it in once more, and over whole sections. */
export function withoutOverrides(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(PREFIX)));
}

/** Options by name as `egf_<option>` of the environment gives them: JSON where it parses, else text. */
export function overridesOf(env: NodeJS.ProcessEnv): JsonObject {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[0].startsWith(PREFIX) && entry[1] !== undefined);
  return Object.fromEntries(given.map(([name, text]) => [name.slice(PREFIX.length), flatEnough(name, jsonOrText(text))]));
}

/** `over` merged into `document`: objects key by key, anything else replaced. */
export function merged(document: JsonObject, over: JsonObject): JsonObject {
  const replaced = Object.entries(over).map(([key, value]): [string, Json] => {
    const below = Object.hasOwn(document, key) ? document[key] : undefined;
    return [key, isJsonObject(value) && isJsonObject(below) ? merged(below, value) : value];
  });
  // by entries: a key named __proto__ stays a key
  return Object.fromEntries([...Object.entries(document), ...replaced]);
}

function flatEnough(name: string, value: Json): Json {
  if (isTooDeep(value)) throw new LaunchError([`${name} has more than ${DEEPEST} objects and lists in each other`]);
  return value;
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
