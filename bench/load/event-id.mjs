import { randomBytes } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `evt_` and 24 random letters: keys that fall anywhere in the index, as Stripe's do. */
export function newEventId() {
  let id = 'evt_';
  for (const byte of randomBytes(24)) id += LETTERS[byte % LETTERS.length];
  return id;
}
