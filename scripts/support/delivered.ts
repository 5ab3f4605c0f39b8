import { Document, Scalar } from 'yaml';
import { Commented, type DeliveredFile } from '../../constructs/core/estate';

/** The file's text, in the format of its ending. */
export function textOf({ path, content, comment }: DeliveredFile): string {
  if (path.endsWith('.json')) return `${JSON.stringify(content, null, 2)}\n`;
  const document = new Document(commented(content), { aliasDuplicateObjects: false });
  if (comment) document.commentBefore = ` ${comment}`;
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** The same data, with the library's nodes where a comment stands. */
function commented(value: unknown): unknown {
  if (value instanceof Commented) {
    const node = new Scalar(value.value);
    node.comment = ` ${value.comment}`;
    return node;
  }
  if (Array.isArray(value)) return value.map(commented);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, commented(child)]));
}
