import type { Response } from 'express';
import { z } from 'zod';
import { checkoutSid } from '../../http/request-checks.js';

/** A page that waits looks again by itself after these times, seconds: a minute in all. Then it offers a button. */
const LOOK_AGAIN_AFTER_S = [3, 4, 5, 8, 10, 15, 15];

/** The query with which Checkout sends the customer back. */
export const ReturnQuery = z.object({
  checkout_sid: checkoutSid,
  /** How often this page has looked again by itself. */
  look: z.coerce.number().int().min(0).max(LOOK_AGAIN_AFTER_S.length).optional().catch(undefined),
});

/** Lets a page that waits refresh itself. Gives what its view shows: whether it does, or else the address for the button. */
export function lookAgain(
  response: Response,
  path: string,
  { checkout_sid: sid, look = 0 }: z.output<typeof ReturnQuery>,
): { refreshes: boolean; lookAgain: string | false } {
  const address = `${path}?checkout_sid=${sid}`;
  const seconds = LOOK_AGAIN_AFTER_S[look];
  // A header, not an element: the pages' policy and their checks know no page that changes by itself for good.
  if (seconds) response.set('Refresh', `${seconds}; url=${address}&look=${look + 1}`);
  return { refreshes: seconds !== undefined, lookAgain: seconds === undefined && address };
}
