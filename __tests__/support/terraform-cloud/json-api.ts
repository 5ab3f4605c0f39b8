import { randomBytes } from 'node:crypto';

/** A resource of JSON:API, as far as Terraform reads it. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, { readonly data: Reference | readonly Reference[] }>>;
}

export interface Reference {
  readonly id: string;
  readonly type: string;
}

/** What a request is answered with: JSON, or bytes. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

/** What came with a request. */
export interface Sent {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships: Readonly<Record<string, { readonly data?: Reference } | undefined>>;
  /** Where the document is a list. */
  readonly references: readonly Reference[];
}

/** An id as the API has them: `ws-2f9c01a7`. */
export const newId = (prefix: string): string => `${prefix}-${randomBytes(8).toString('hex')}`;

export const one = (data: Resource, status = 200, included: readonly Resource[] = []): Answer => ({ status, json: { data, included } });

export const many = (data: readonly Resource[]): Answer => ({
  status: 200,
  json: { data, meta: { pagination: { 'current-page': 1, 'prev-page': null, 'next-page': null, 'total-pages': 1, 'total-count': data.length } } },
});

export const nothing: Answer = { status: 204 };

/** In the API's words, which Terraform's client tells from others by their status only. */
export function refusal(status: 401 | 404 | 409 | 422, detail?: string): Answer {
  const title = { 401: 'unauthorized', 404: 'not found', 409: 'conflict', 422: 'invalid attribute' }[status];
  return { status, json: { errors: [{ status: `${status}`, title, ...(detail !== undefined && { detail }) }] } };
}

/** A JSON:API document; an empty one where there is none. */
export function sentIn(body: Buffer): Sent {
  const { data } = (body.length > 0 ? JSON.parse(body.toString()) : {}) as { data?: Partial<Resource> | readonly Reference[] };
  if (Array.isArray(data)) return { attributes: {}, relationships: {}, references: data };
  const { attributes = {}, relationships = {} } = (data ?? {}) as Partial<Resource>;
  return { attributes, relationships: relationships as Sent['relationships'], references: [] };
}
