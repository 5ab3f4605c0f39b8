/** A stack's Terraform JSON, parsed. */
export interface StackJson {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
  readonly data?: Record<string, Record<string, Record<string, unknown>>>;
  readonly output?: Record<string, { value: unknown; description?: string; sensitive?: boolean }>;
  readonly provider?: Record<string, Record<string, unknown>[]>;
  readonly terraform: { readonly backend?: Record<string, Record<string, unknown>>; readonly cloud?: Record<string, unknown> };
}

export function parse(json: string | undefined): StackJson {
  if (json === undefined) throw new Error('no such stack');
  return JSON.parse(json);
}
