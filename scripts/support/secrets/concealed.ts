/** What stands for a value. */
const INSTEAD = '(the value)';
/** Shorter parts of a value stand in any message. */
const SHORTEST_PART = 4;

/** `message` without the value, as somebody else's program may quote it: whole or by lines, by the texts of its JSON, escaped or encoded. */
export function concealed(message: string, value: Buffer): string {
  const text = value.toString();
  const parts = [text.trim(), ...text.split(/\r?\n/), ...textsOf(text)].filter((part) => part.length >= SHORTEST_PART);
  const forms = [text, ...parts].flatMap((part) => [part, escaped(part), escaped(escaped(part)), inPython(part), encodeURIComponent(wellFormed(part))]);
  const all = [...forms, value.toString('base64'), value.toString('latin1')].filter((form) => form !== '');
  return all.sort((a, b) => b.length - a.length).reduce((cleaned, form) => cleaned.replaceAll(form, INSTEAD), message);
}

/** As a string of JSON. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
/** As Python shows a text: the AWS CLI and gcloud are written in it. */
const inPython = (text: string): string => escaped(text).replaceAll('\\"', '"').replaceAll("'", "\\'");
/** Half a pair of UTF-16 is no text, and has no encoding. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

function textsOf(json: string): string[] {
  const found: string[] = [];
  try {
    JSON.parse(json, (_key, value: unknown) => {
      if (typeof value === 'string') found.push(value);
      return value;
    });
  } catch {
    // it is another kind of value
  }
  return found;
}
