import * as z from 'zod';
import { ApiError } from './api-error';

/** Text of so many characters, as Discord counts them: an emoji outside the basic plane is one. */
export function text(from: number, to: number) {
  return z.string().check((context) => {
    const { length } = [...context.value];
    if (length >= from && length <= to) return;
    const [code, message] =
      from > 0 ? ['BASE_TYPE_BAD_LENGTH', `Must be between ${from} and ${to} in length.`] : ['BASE_TYPE_MAX_LENGTH', `Must be ${to} or fewer in length.`];
    context.issues.push({ code: 'custom', input: context.value, message, params: { code } });
  });
}

/** A list of so many, at most. */
export function upTo<T extends z.ZodType>(count: number, item: T) {
  return z.array(item).check((context) => {
    if (context.value.length > count) problem(context, 'BASE_TYPE_MAX_LENGTH', `Must be ${count} or fewer in length.`);
  });
}

/** Adds what Discord would say about the value that is checked, or about a part of it. */
export function problem(context: z.core.ParsePayload, code: string, message: string, path: PropertyKey[] = []): void {
  context.issues.push({ code: 'custom', input: context.value, message, params: { code }, path });
}

interface FieldErrors {
  [key: string]: FieldErrors | { code: string; message: string }[];
}

/** The value, or Discord's "Invalid Form Body" with every problem at its place. */
export function checkForm<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const { success, data, error } = schema.safeParse(value, { reportInput: true });
  if (success) return data;
  const errors: FieldErrors = {};
  for (const issue of error.issues) {
    let place = errors;
    for (const key of issue.path) {
      place[String(key)] ??= {};
      place = place[String(key)] as FieldErrors;
    }
    place._errors = [...((place._errors ?? []) as { code: string; message: string }[]), said(issue)];
  }
  throw new ApiError(400, 50_035, 'Invalid Form Body', errors);
}

function said(issue: z.core.$ZodIssue): { code: string; message: string } {
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') return { code: issue.params.code, message: issue.message };
  if (issue.code === 'invalid_type' && issue.input === undefined) return { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
  return { code: issue.code === 'invalid_value' ? 'BASE_TYPE_CHOICES' : 'BASE_TYPE_BAD', message: issue.message };
}
