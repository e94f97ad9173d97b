import { dueOf } from '../billing/engine/due.js';
import { nextInvoiceStep } from '../billing/engine/invoice-due.js';
import { nextScheduleStep } from '../billing/engine/schedule-due.js';
import { readSettings } from '../state/settings.js';
import type { Moment } from '../http/components.js';
import { planNameOf } from '../portal/subscriptions.js';
import type { Tx } from '../state/store.js';
import type { Timer } from '../state/timers.js';
import { INVOICE_STEPS, SCHEDULE_STEPS, SUBSCRIPTION_STEPS, TASKS } from './due-labels.js';
import { momentOf, showDuration } from './labels.js';

/** What happens next by a clock. */
export interface NextDue {
  /** `the subscription renews` */
  what: string;
  /** Whose it is, with its page: `Pro, ada@example.com`. */
  about?: { text: string; href: string } | undefined;
  /** How long it takes until then, formatted. */
  wait: string;
  at: Moment;
}

/** The next timer of the server's clock after `now` in ms; undefined where nothing is due. */
export async function nextDue(tx: Tx, now: number): Promise<NextDue | undefined> {
  const timer = await tx.timers.next();
  return timer && timer.dueAtMs > now ? describe(tx, timer, now) : undefined;
}

/** The same of a test clock, whose time is `now` in ms. */
export async function nextDueOf(tx: Tx, clock: string, now: number): Promise<NextDue | undefined> {
  const timer = await tx.timers.nextOf(clock);
  return timer && timer.dueAtMs > now ? describe(tx, timer, now) : undefined;
}

async function describe(tx: Tx, timer: Timer, now: number): Promise<NextDue> {
  return {
    ...(await clauseOf(tx, timer)),
    wait: showDuration(timer.dueAtMs - now),
    at: momentOf(timer.dueAtMs, now),
  };
}

type Clause = Pick<NextDue, 'what' | 'about'>;

async function clauseOf(tx: Tx, { task, objectId }: Timer): Promise<Clause> {
  switch (task) {
    case 'subscription_due':
      return subscriptionClause(tx, objectId);
    case 'invoice_due':
      return invoiceClause(tx, objectId);
    case 'schedule_due':
      return scheduleClause(tx, objectId);
    default:
      return { what: TASKS[task] };
  }
}

async function subscriptionClause(tx: Tx, id: string): Promise<Clause> {
  const found = await tx.objects.findNoted('subscription', id);
  if (!found) return { what: 'a subscription is looked at' };
  const { upcoming_days: upcomingDays } = await readSettings(tx);
  const [next] = dueOf(found.object, found.notes, { upcomingDays });
  const about = await aboutSubscription(tx, id);
  return { what: next ? SUBSCRIPTION_STEPS[next.step] : 'a subscription is looked at', about };
}

async function invoiceClause(tx: Tx, id: string): Promise<Clause> {
  const invoice = await tx.objects.find('invoice', id);
  const next = invoice && nextInvoiceStep(invoice);
  if (!invoice || !next) return { what: 'an invoice is looked at' };
  const text = [invoice.number, invoice.customer_email].filter(Boolean).join(', ') || 'Invoice';
  return { what: INVOICE_STEPS[next.step], about: { text, href: `/invoices/${id}` } };
}

async function scheduleClause(tx: Tx, id: string): Promise<Clause> {
  const schedule = await tx.objects.find('subscription_schedule', id);
  const notes = await tx.objects.findNotes('subscription_schedule', id);
  const next = schedule && nextScheduleStep(schedule, notes?.warnedFor);
  const subscription = schedule?.subscription;
  return {
    what: next ? SCHEDULE_STEPS[next.step] : 'a schedule is looked at',
    about: typeof subscription === 'string' ? await aboutSubscription(tx, subscription) : undefined,
  };
}

async function aboutSubscription(tx: Tx, id: string): Promise<NextDue['about']> {
  const subscription = await tx.objects.find('subscription', id);
  if (!subscription) return undefined;
  const customer = await tx.objects.find('customer', String(subscription.customer));
  const text = [await planNameOf(tx, subscription), customer?.email ?? customer?.name].filter(Boolean).join(', ');
  return { text, href: `/subscriptions/${id}` };
}
