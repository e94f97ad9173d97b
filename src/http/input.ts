import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';
import { InvalidInputError } from './page-error.js';

/**
 * Checks each parameter that names a schema, and gives the route what the schema makes of it: `@Body({ schema: RefundForm })`,
 * `@Query({ schema: AccountQuery })`. Input that does not fit is answered 400; JSON lists what is wrong with it.
 */
export const inputPipe = () =>
  new StandardSchemaValidationPipe({ exceptionFactory: (issues) => new InvalidInputError(issues) });

/** A Checkout Session's id as a form or an address carries it, `cs_…`. Anything else becomes `undefined`: there is no such session. */
export const checkoutSid = z
  .string()
  .regex(/^cs_\w{1,200}$/)
  .optional()
  .catch(undefined);
