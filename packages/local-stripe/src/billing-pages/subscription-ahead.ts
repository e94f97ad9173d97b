import { nextInvoiceAsScheduled } from '../api/scheduled-invoice.js';
import type { Billing } from '../billing/billing.js';
import { dueOf, type Due, type SubscriptionStep } from '../billing/engine/due.js';
import { nextInvoiceStep } from '../billing/engine/invoice-due.js';
import { nextScheduleStep } from '../billing/engine/schedule-due.js';
import { invoicesOf } from '../billing/invoice-store.js';
import { tryOut } from '../billing/preview.js';
import { readSettings } from '../state/settings.js';
import type { Loaded } from '../billing/subscription-store.js';
import { clockAction, showWait } from '../dashboard/clocks.js';
import { asTitle, INVOICE_STEPS, SCHEDULE_STEPS, SUBSCRIPTION_STEPS } from '../dashboard/due-labels.js';
import { momentOf } from '../dashboard/labels.js';
import type { TimelineItem, Tone } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Invoice } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** After these nothing follows. */
const LAST: SubscriptionStep[] = ['cancel', 'cancel_disputed', 'expire_incomplete'];
const CHARGES: SubscriptionStep[] = ['renew', 'end_trial'];
/** A subscription has few open invoices: those before them were settled. */
const INVOICES_LOOKED_AT = 12;

interface Ahead {
  /** Unix seconds. */
  at: number;
  title: string;
  tone: Tone;
  text?: string;
  links?: TimelineItem['links'];
}

/** What is due for a subscription up to its end; the earliest first. */
export async function stepsOf(tx: Tx, { subscription, notes }: Loaded): Promise<Due[]> {
  const { upcoming_days: upcomingDays } = await readSettings(tx);
  const due = dueOf(subscription, notes, { upcomingDays });
  const last = due.findIndex(({ step }) => LAST.includes(step));
  return last === -1 ? due : due.slice(0, last + 1);
}

/** What is due for a subscription, its schedule and its invoices, the latest first: what happens next stands last. */
export async function subscriptionAhead(billing: Billing, loaded: Loaded): Promise<TimelineItem[]> {
  const { tx } = billing;
  const { subscription } = loaded;
  const ahead: Ahead[] = [];
  for (const { step, at } of await stepsOf(tx, loaded)) {
    const amount = CHARGES.includes(step) ? await amountOf(billing, loaded) : undefined;
    ahead.push({
      at,
      title: asTitle(SUBSCRIPTION_STEPS[step]) + (amount === undefined ? '' : ` for ${amount}`),
      tone: LAST.includes(step) ? 'bad' : 'info',
    });
  }
  ahead.push(...(await scheduleAhead(tx, subscription.schedule)));
  for (const invoice of await invoicesOf(billing, subscription.id, INVOICES_LOOKED_AT))
    ahead.push(...invoiceSteps(invoice));
  return itemsOf(ahead, billing.now, subscription.test_clock as string | null);
}

/** What is due for an invoice. */
export const invoiceAhead = (invoice: Invoice, now: number): TimelineItem[] =>
  itemsOf(invoiceSteps(invoice, false), now, invoice.test_clock as string | null);

/** Sorting is stable: what happens first at one moment stands lower. */
const itemsOf = (ahead: Ahead[], now: number, clock: string | null): TimelineItem[] =>
  ahead
    .toSorted((a, b) => a.at - b.at)
    .toReversed()
    .map(({ at, ...rest }) => {
      const { iso, full } = momentOf(at * 1000);
      const due = showWait(at * 1000, now * 1000);
      return { ...rest, due, iso, time: `${full} UTC`, move: { action: clockAction(clock), to: iso } };
    });

function invoiceSteps(invoice: Invoice, linked = true): Ahead[] {
  const next = nextInvoiceStep(invoice);
  if (!next) return [];
  const { id, amount_remaining: amount, currency, number } = invoice;
  const links = linked ? { links: [{ label: `Invoice ${number ?? ''}`.trim(), href: `/invoices/${id}` }] } : {};
  const title = `${asTitle(INVOICE_STEPS[next.step])}: ${formatAmount(amount, currency)}`;
  return [{ at: next.at, title, tone: next.step === 'finalize' ? 'info' : 'waiting', ...links }];
}

async function scheduleAhead({ objects }: Tx, id: unknown): Promise<Ahead[]> {
  const schedule = typeof id === 'string' ? await objects.find('subscription_schedule', id) : undefined;
  if (!schedule) return [];
  const notes = await objects.findNotes('subscription_schedule', schedule.id);
  const next = nextScheduleStep(schedule, notes?.warnedFor);
  return next ? [{ at: next.at, title: asTitle(SCHEDULE_STEPS[next.step]), tone: 'info' }] : [];
}

/** What the next renewal charges, by doing it and taking it back; undefined where it cannot be done. */
async function amountOf(billing: Billing, loaded: Loaded): Promise<string | undefined> {
  try {
    const invoice = await tryOut(billing, () => nextInvoiceAsScheduled(billing, loaded.subscription.id));
    return invoice && formatAmount(invoice.amount_due, invoice.currency);
  } catch {
    return undefined; // a trial that ends in a pause or an end has no invoice
  }
}
