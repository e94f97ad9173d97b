import { newId } from '../model/ids.js';
import type { Invoice } from '../model/wire.js';
import { savepoint } from '../state/store.js';
import type { Billing } from './billing.js';
import { periodOf } from './engine/due.js';
import { endTrial, planRenewal, renew } from './renew.js';
import { invoicesOf } from './invoice-store.js';
import type { Loaded } from './subscription-store.js';

/**
 * Does `work` and takes everything back: what it would have charged is computed by the very code that charges it, so that
 * a preview equals its invoice. Its events go nowhere.
 */
export async function tryOut<T>({ tx }: Billing, work: () => Promise<T>): Promise<T> {
  const takeBack = await savepoint(tx);
  try {
    return await tx.timers.unset(() => tx.events.discarded(work));
  } finally {
    await takeBack();
  }
}

/** The invoice of the next renewal, as it would be at the period's end. */
export async function nextInvoice(billing: Billing, loaded: Loaded): Promise<Invoice> {
  const { end } = periodOf(loaded.subscription);
  const then = { ...billing, now: end };
  if (loaded.subscription.status !== 'trialing') return renew(then, loaded);
  await endTrial(then, loaded);
  const [invoice] = await invoicesOf(then, loaded.subscription.id, 1);
  if (!invoice) throw new Error('A trial that ended has no invoice');
  return invoice;
}

/** A draft as a preview: with an id of its own kind, and never stored. */
export const asPreview = (invoice: Invoice, created: number): Invoice => ({
  ...invoice,
  id: newId('upcomingInvoice'),
  auto_advance: false,
  automatically_finalizes_at: null,
  created,
  ending_balance: endingBalanceOf(invoice),
});

const endingBalanceOf = ({ total, amount_due: due, starting_balance: balance }: Invoice): number =>
  balance + total - due;

/** The same as `nextInvoice`, with nothing to take back: most renewals need not be tried out. */
function plannedInvoice(billing: Billing, loaded: Loaded): Promise<Invoice> {
  const { status, pause_collection: pause } = loaded.subscription;
  if (status === 'trialing' || pause !== null) return tryOut(billing, () => nextInvoice(billing, loaded));
  return planRenewal({ ...billing, now: periodOf(loaded.subscription).end }, loaded);
}

/** `data.object` of `invoice.upcoming`: a preview without an id. */
export async function upcomingInvoice(billing: Billing, loaded: Loaded): Promise<Invoice> {
  const invoice = await plannedInvoice(billing, loaded);
  const { id: _id, ...rest } = { ...asPreview(invoice, billing.now), billing_reason: 'upcoming' as const };
  return rest as Invoice;
}
