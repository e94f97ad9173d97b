import { randomBytes } from 'node:crypto';
import { checkoutCompleted } from '../load/checkout-completed.mjs';
import { newEventId } from '../load/event-id.mjs';
import { insertMany } from './insert-many.mjs';

const A_DAY_MS = 86_400_000;
/** As many as a Stripe account of this size would send over the last three months. */
const SPREAD_MS = 90 * A_DAY_MS;

/** Adds events that were handled long ago, with their runs. */
export async function seedHandledEvents(database, count) {
  const ids = Array.from({ length: count }, newEventId);
  const receivedAt = (number) => Date.now() - SPREAD_MS + Math.floor((number / count) * SPREAD_MS);
  const payload = checkoutCompleted(
    { eventId: newEventId(), paymentId: unknown(), sessionId: unknown(), intentId: unknown() },
    Math.floor(Date.now() / 1_000),
  );
  const columns = 'id, type, payload, status, attempts, created_at, received_at';
  await insertMany(database, `webhook_events (${columns})`, count, (number) => {
    const at = receivedAt(number);
    return [ids[number], 'checkout.session.completed', payload, 'done', 1, at, at];
  });
  await insertMany(database, 'webhook_handler_runs (event_id, handler, status, attempts)', count, (number) => [
    ids[number],
    'RecordCheckoutCompleted',
    'done',
    1,
  ]);
}

const unknown = () => randomBytes(16).toString('hex');
