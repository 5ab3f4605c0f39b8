import * as z from 'zod';
import { emptyMessage } from './api-error';
import { checkForm, problem, text, upTo } from './form';

/** What a message may hold: https://discord.com/developers/docs/resources/message */

const TOTAL_OF_EMBEDS = 6000;

const address = z.string().check((context) => {
  const { value } = context;
  if (!/^(https?|attachment):\/\/\S+$/.test(value)) problem(context, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
  else if (value.length > 2048) problem(context, 'BASE_TYPE_MAX_LENGTH', 'Must be 2048 or fewer in length.');
});

/** Fields may be null, which is none. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const picture = z.object({ url: address });

const embed = z
  .object({
    title: maybe(text(0, 256)),
    description: maybe(text(0, 4096)),
    url: maybe(address),
    timestamp: maybe(z.iso.datetime({ offset: true })),
    color: maybe(z.int().min(0).max(0xffffff)),
    footer: maybe(z.object({ text: text(1, 2048), icon_url: maybe(address) })),
    image: maybe(picture),
    thumbnail: maybe(picture),
    author: maybe(z.object({ name: text(1, 256), url: maybe(address), icon_url: maybe(address) })),
    fields: maybe(upTo(25, z.object({ name: text(1, 256), value: text(1, 1024), inline: maybe(z.boolean()) }))),
  })
  .check((context) => {
    const { title, description, footer, image, thumbnail, author, fields } = context.value;
    if (!title && !description && !footer && !image && !thumbnail && !author && !fields?.length) {
      problem(context, 'BASE_TYPE_REQUIRED', 'This field is required', ['description']);
    }
  });

type Embed = z.output<typeof embed>;

function lengthOf({ title = '', description = '', footer, author, fields = [] }: Embed): number {
  const texts = [title, description, footer?.text ?? '', author?.name ?? '', ...fields.flatMap(({ name, value }) => [name, value])];
  return texts.reduce((sum, one) => sum + [...one].length, 0);
}

const nonce = z.union([text(0, 25), z.int().transform(String)]);

const messageBody = z.object({
  content: maybe(text(0, 2000)),
  embeds: maybe(
    upTo(10, embed).check((context) => {
      const total = context.value.reduce((sum, one) => sum + lengthOf(one), 0);
      if (total > TOTAL_OF_EMBEDS) problem(context, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${TOTAL_OF_EMBEDS}`);
    }),
  ),
  nonce: maybe(nonce),
  enforce_nonce: maybe(z.boolean()),
  tts: maybe(z.boolean()),
  flags: maybe(z.int()),
  allowed_mentions: maybe(z.looseObject({ parse: maybe(z.array(z.enum(['roles', 'users', 'everyone']))) })),
});
export type MessageBody = z.output<typeof messageBody>;

/** A message to send: not empty. */
export function checkMessage(body: unknown): MessageBody {
  const message = checkForm(messageBody, body);
  if (!message.content?.trim() && !message.embeds?.length) throw emptyMessage();
  return message;
}

/** A change of one: what is not named stays. */
export const checkEdit = (body: unknown): MessageBody => checkForm(messageBody, body);
