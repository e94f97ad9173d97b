import { z } from 'zod';
import { badRequest, type PageError } from './page-error.js';

/** A Checkout Session's id, as a form or an address carries it. */
export const checkoutSid = z.string().regex(/^cs_\w{1,200}$/);

/** Reads a form or a query; throws what `otherwise` makes of anything that does not fit the schema. */
export function readInput<T extends z.ZodType>(
  schema: T,
  input: unknown,
  otherwise: () => PageError = () => badRequest('The form was not filled in as we expect.'),
): z.output<T> {
  const result = schema.safeParse(input);
  if (!result.success) throw otherwise();
  return result.data;
}
