// The bare handled limit: one process that accepts and handles, on the product's own tables and indexes, with better-sqlite3.
// Deliveries that wait together are stored in one commit and answered; then their payments, histories, runs and statuses are
// written in one more. No retries, no second handler, no other event type: only what a paid checkout must leave behind.
import Database from 'better-sqlite3';
import { receiveDeliveries } from './deliveries.mjs';

const database = new Database(process.env.DATABASE);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.pragma('wal_autocheckpoint = 16000');

const insertEvent = database.prepare(
  `INSERT INTO webhook_events (id, type, payload, status, next_attempt_at, created_at, received_at)
   VALUES (?, ?, CAST(? AS TEXT), 'pending', ?, ?, ?) ON CONFLICT DO NOTHING`,
);
const settlePayment = database.prepare(
  `UPDATE payments SET payment_intent_id = ?, settled_at = ?, charged_amount = ?, charged_currency = ?, status = 'paid'
   WHERE id = ? AND settled_at IS NULL`,
);
const addHistory = database.prepare(
  `INSERT INTO payment_history (payment_id, seq, from_status, to_status, cause, at, learned_at)
   SELECT ?, max(seq) + 1, 'pending', 'paid', ?, ?, ? FROM payment_history WHERE payment_id = ?`,
);
const addRun = database.prepare(
  `INSERT INTO webhook_handler_runs (event_id, handler, status, attempts) VALUES (?, 'RecordCheckoutCompleted', 'done', 1)`,
);
const finishEvent = database.prepare(
  `UPDATE webhook_events SET status = 'done', attempts = 1, next_attempt_at = NULL WHERE id = ?`,
);

let waiting = [];

receiveDeliveries((event, body, done) => {
  if (waiting.push({ event, body, done }) === 1) setImmediate(storeAndHandle); // after all sockets were read
});

function storeAndHandle() {
  const group = waiting;
  waiting = [];
  const stored = store(group);
  for (const { done } of group) done();
  handle(stored);
}

/** Returns the events that were not stored before. */
const store = database.transaction((group) => {
  const now = Date.now();
  return group
    .filter(
      ({ event, body }) => insertEvent.run(event.id, event.type, body, now, event.created * 1_000, now).changes === 1,
    )
    .map(({ event }) => event);
});

const handle = database.transaction((events) => {
  const now = Date.now();
  for (const { id, created, data } of events) {
    const { payment_intent, amount_total, currency, metadata } = data.object;
    const at = created * 1_000;
    const { changes } = settlePayment.run(payment_intent, at, amount_total, currency, metadata.payment_id);
    if (changes === 1) addHistory.run(metadata.payment_id, id, at, now, metadata.payment_id);
    addRun.run(id);
    finishEvent.run(id);
  }
});
