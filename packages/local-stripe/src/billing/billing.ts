/*
 * Billing: subscriptions, invoices, and what makes of the one the other. Rules and their sources: SUBSCRIPTIONS.md, whose
 * sections and cases (P1, C4) the comments name.
 *
 * engine/             pure functions over plain data, no store, no clock: unit-tested
 *   calendar, periods   which period follows from an anchor
 *   due, invoice-due    what happens next to a subscription or an invoice, and when
 *   proration, amounts, discounts, totals   what it costs
 * billing.ts          what every function here is given: transaction, time, settings
 * create-subscription, update-subscription, renew, end-subscription, pause-collection, …   what happens to a subscription
 * subscription-invoice, new-invoice, invoice-lines, invoice-totals, pending-items          how an invoice is made
 * finalize, collect, invoice-paid, invoice-failed, void-invoice                            what happens to an invoice
 * reactions           what follows when the customer pays an invoice's Payment Intent
 * preview             does the real thing in a savepoint and takes it back: equal to what is charged
 * subscription-timer, invoice-timer   run what is due; subscription-store, invoice-store save and set the next timer
 * event-order         the order of the events of one change, or shuffled
 * ../api/subscriptions, invoices, …   routes and parameters
 *
 * A timer: each subscription and each invoice has ONE, for the next thing that happens to it (table `object_timers`); each
 * save sets it anew from `dueOf` or `nextInvoiceStep`. So: add a step there, and what it does in `subscription-timer.ts`
 * or `invoice-timer.ts`; what it does must save the object so that the step is not due again. Steps run in the order of
 * time, each with `now` at its own moment, on the server's clock or a test clock: nothing here may read another clock.
 * A resource: its type in `model/wire.ts` (`Kinds`), its id in `model/ids.ts`, hidden data in `model/notes.ts`, expandable
 * lists and fields that are only there when expanded in `conventions/includable.ts`, its routes in a file of `api/` that `api/index.ts` calls.
 * An event: `tx.events.record(type, object, before?)`; with `before` it has `previous_attributes`, and none is recorded
 * where nothing differs. Its place among others: `event-order.ts`.
 * Another timer's object (a schedule): a task of its own in `state/timers.ts`, `ObjectTask`, and a line in `tasks.ts`.
 */
import { unixNow } from '../model/clock.js';
import type { Tx } from '../state/store.js';
import { readSettings, type BillingSettings } from '../state/settings.js';

/** What billing works with, inside a transaction. */
export interface Billing {
  tx: Tx;
  /** The time of the subscription's clock, in Unix seconds: the server's, or that of its customer's test clock. */
  now: number;
  /** The id of that test clock; null: the server's clock. */
  testClock: string | null;
  settings: BillingSettings;
  /** Origin for the addresses of receipts and hosted invoices. */
  origin: string;
  /** Whether invoices are only drafted: what is done is taken back afterwards. */
  draftsOnly?: boolean;
}

/** The origin for what makes nothing that has an address. */
export const NO_ORIGIN = '';

/** `testClock`: the id of the customer's test clock, or null. */
export async function billingFor(tx: Tx, origin: string, testClock: string | null): Promise<Billing> {
  const now = testClock === null ? unixNow() : (await tx.objects.get('test_helpers.test_clock', testClock)).frozen_time;
  return { tx, now, testClock, settings: await readSettings(tx), origin };
}
