import { randomBytes } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * `evt_` and 24 random letters: keys that fall anywhere in the index, which is the hardest for a database. Stripe's own begin with
 * the second of their creation: `1NG8Du` of https://docs.stripe.com/api/events/object in base 62, and 426,256,548, are its `created`.
 */
export function newEventId() {
  let id = 'evt_';
  for (const byte of randomBytes(24)) id += LETTERS[byte % LETTERS.length];
  return id;
}
