import type { Tx } from '../state/store.js';
import type { Invoice } from '../model/wire.js';
import type { DeliveryState } from '../state/deliveries.js';
import type { Billing } from './billing.js';
import { HOUR_S } from './engine/calendar.js';

/** The longest that an endpoint can keep an invoice a draft (D). */
const LONGEST_S = 72 * HOUR_S;

/**
 * Until when an invoice stays a draft although its time has come: while an endpoint has not answered `invoice.created` with
 * 2xx, and then for as long as a draft lasts, but at most 72 hours in all (SUBSCRIPTIONS.md 3, "Renewal"). Undefined: it is
 * finalized now. On a test clock endpoints delay nothing, since it does not wait for them.
 */
export async function draftUntil({ tx, now, settings }: Billing, invoice: Invoice): Promise<number | undefined> {
  const last = invoice.created + LONGEST_S;
  if (invoice.test_clock !== null || now >= last) return undefined;
  const deliveries = await tx.deliveries.ofObject(invoice.id, 'invoice.created');
  const draftS = settings.draft_minutes * 60;
  const open = deliveries.filter(({ state }) => state === 'pending');
  if (open.length > 0) {
    const nextTry = Math.max(now, ...open.map(({ dueAtMs }) => Math.ceil(dueAtMs / 1000)));
    return Math.min(last, nextTry + draftS);
  }
  const answeredAt = Math.max(0, ...deliveries.filter(late).map(({ lastAtMs }) => Math.ceil((lastAtMs ?? 0) / 1000)));
  const until = Math.min(last, answeredAt + draftS);
  return until > now ? until : undefined;
}

/** An answer to the first attempt comes in time, however long the way took. */
const late = ({ state, attempts }: DeliveryState): boolean => state === 'delivered' && attempts > 1;

/** Whether the first attempt of a delivery is under way. */
export async function awaitsFirstAttempt(tx: Tx, invoiceId: string, nowMs: number): Promise<boolean> {
  const deliveries = await tx.deliveries.ofObject(invoiceId, 'invoice.created');
  return deliveries.some(({ state, attempts, dueAtMs }) => state === 'pending' && attempts === 0 && dueAtMs <= nowMs);
}
