import { createHash } from 'node:crypto';

/** The names of the nth payment: as random as real ones, yet the same in the seed and in the load. */
export function paymentIds(number) {
  const hex = createHash('sha256').update(`payment ${number}`).digest('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  return { paymentId: uuid, sessionId: `cs_test_a1${hex.slice(0, 56)}`, intentId: `pi_3${hex.slice(32, 56)}` };
}
