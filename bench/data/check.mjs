import { paymentIds } from '../load/payment-ids.mjs';
import { openDatabase } from './database.mjs';

/** Values of one statement: far below what SQLite takes. */
const AT_ONCE = 500;
const NAMED = 3;

/** @throws where an event that was answered 200 is not in the database */
export async function checkStored(path, acknowledged) {
  await check(path, 'is not in the database', acknowledged, async (database, some) => {
    const ids = some.map(({ eventId }) => eventId);
    const found = await database.all(`SELECT id FROM webhook_events WHERE id IN (${placeholders(ids)})`, ids);
    return new Set(found.map(({ id }) => id));
  });
}

/** @throws where an event's run, its payment or the payment's history is missing, or is there twice */
export async function checkHandled(path, acknowledged) {
  await check(path, 'is stored without its effects', acknowledged, async (database, some) => {
    const ids = some.map(({ eventId }) => eventId);
    const payments = some.map(({ payment }) => paymentIds(payment).paymentId);
    const runs = await database.all(
      `SELECT event_id FROM webhook_handler_runs WHERE status = 'done' AND event_id IN (${placeholders(ids)})`,
      ids,
    );
    const paid = await database.all(
      `SELECT id FROM payments WHERE status = 'paid' AND id IN (${placeholders(payments)}) AND
         (SELECT count(*) FROM payment_history WHERE payment_id = payments.id AND to_status = 'paid') = 1`,
      payments,
    );
    const done = new Set(runs.map((run) => run.event_id));
    const settled = new Set(paid.map(({ id }) => id));
    return new Set(ids.filter((id, at) => done.has(id) && settled.has(payments[at])));
  });
}

/** @param find returns the ids of those of the given events that are as they should be */
async function check(path, fault, acknowledged, find) {
  const database = await openDatabase(path);
  const missing = [];
  for (let at = 0; at < acknowledged.length; at += AT_ONCE) {
    const some = acknowledged.slice(at, at + AT_ONCE);
    const good = await find(database, some);
    missing.push(...some.map(({ eventId }) => eventId).filter((id) => !good.has(id)));
  }
  await database.close();
  if (missing.length > 0)
    throw new Error(`${missing.length} of ${acknowledged.length} events: ${missing.slice(0, NAMED)} … ${fault}`);
}

const placeholders = (values) => values.map(() => '?').join();
