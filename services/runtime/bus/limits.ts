/** What Pub/Sub takes; every bus refuses the rest, so that what works on one works on all. Sizes in bytes. */
const MESSAGE = 10_000_000;
const ATTRIBUTES = 100;
const ATTRIBUTE_NAME = 256;
const ATTRIBUTE_VALUE = 1024;

/** Throws with what is wrong about a message. */
export function checkMessage(topic: string, data: string, attributes: Readonly<Record<string, string>>): void {
  const entries = Object.entries(attributes);
  const problems = [
    data === '' && entries.length === 0 && 'it is empty: give it data or an attribute',
    Buffer.byteLength(data) > MESSAGE && `its data are ${Buffer.byteLength(data)} bytes, ${MESSAGE} at most: send where they are instead`,
    entries.length > ATTRIBUTES && `it has ${entries.length} attributes, ${ATTRIBUTES} at most`,
    ...entries.flatMap(([name, value]) => [
      (name === '' || Buffer.byteLength(name) > ATTRIBUTE_NAME) && `the attribute's name '${name.slice(0, 40)}' is not 1 to ${ATTRIBUTE_NAME} bytes`,
      name.startsWith('goog') && `the attribute '${name}' starts with goog, which is Google's`,
      Buffer.byteLength(value) > ATTRIBUTE_VALUE && `the attribute '${name}' has ${Buffer.byteLength(value)} bytes, ${ATTRIBUTE_VALUE} at most`,
    ]),
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Error(`a message for the topic ${topic} cannot be sent: ${problems.join('; ')}`);
}
