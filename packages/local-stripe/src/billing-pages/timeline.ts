import { momentOf } from '../dashboard/labels.js';
import { invoiceLabel } from '../http/billing-labels.js';
import type { Pager, TimelineItem } from '../http/components.js';
import { pageOf } from '../http/components.js';
import { mailOf } from '../mailbox/mails.js';
import type { Event, Invoice } from '../model/wire.js';
import { chargeIdsOf, eventsAbout, intentIdsOf, invoiceIdsOf, type PastEvent } from '../state/related.js';
import type { Tx } from '../state/store.js';
import { SHOWN_TYPES, wordsFor } from './event-labels.js';

const SHOWN = 40;

export interface Timeline {
  timeline: TimelineItem[];
  pager: Pager | undefined;
}

interface Asked {
  /** Where the page with the timeline is. */
  path: string;
  /** The invoice whose page it is: nothing links to it. */
  self?: string;
  /** The id of an event: only older ones are shown. */
  after: string | undefined;
}

/** What happened to a subscription, its schedule, its invoices and their payments, newest first. */
export async function subscriptionTimeline(
  tx: Tx,
  { id, schedule }: { id: string; schedule: unknown },
  asked: Asked,
): Promise<Timeline> {
  const invoices = await invoiceIdsOf(tx.database, id);
  const more = typeof schedule === 'string' ? [schedule] : [];
  return timelineAbout(tx, [id, ...more, ...invoices, ...(await paymentsOf(tx, invoices))], asked);
}

/** What happened to an invoice and its payments, newest first. */
export const invoiceTimeline = async (tx: Tx, { id }: Invoice, asked: Omit<Asked, 'self'>): Promise<Timeline> =>
  timelineAbout(tx, [id, ...(await paymentsOf(tx, [id]))], { ...asked, self: id });

const paymentsOf = async ({ database }: Tx, invoices: string[]): Promise<string[]> =>
  chargeIdsOf(database, await intentIdsOf(database, invoices));

async function timelineAbout(tx: Tx, ids: string[], { path, after, self }: Asked): Promise<Timeline> {
  const found = await eventsAbout(tx.database, ids, SHOWN_TYPES, { limit: SHOWN + 1, before: after });
  const { items, pager } = pageOf(
    found.map(({ event, at }) => ({ id: event.id, event, at })),
    SHOWN,
    path,
    { after },
  );
  const timeline: TimelineItem[] = [];
  for (const each of items) timeline.push(await itemOf(tx, each, self));
  return { timeline, pager };
}

async function itemOf(tx: Tx, { event, at }: PastEvent, self: string | undefined): Promise<TimelineItem> {
  const { title, tone, text = '' } = wordsFor(event);
  const { iso, full } = momentOf(at * 1000);
  const reason = event.type === 'invoice.payment_failed' ? await reasonOf(tx, event) : '';
  return {
    title,
    tone,
    text: [reason, text].filter(Boolean).join(' · '),
    href: `/events/${event.id}`,
    iso,
    time: `${full} UTC`,
    links: await linksOf(tx, { event, at }, self),
  };
}

async function linksOf(tx: Tx, past: PastEvent, self: string | undefined): Promise<TimelineItem['links']> {
  const { event } = past;
  const { object } = event.data;
  const links: NonNullable<TimelineItem['links']> = [];
  if (object.object === 'invoice' && object.id) {
    if (object.id !== self) links.push({ label: invoiceLabel(object), href: `/invoices/${object.id}` });
    if (event.type === 'invoice.paid' || event.type === 'invoice.payment_failed') {
      const [intent] = await intentIdsOf(tx.database, [object.id]);
      if (intent !== undefined) links.push({ label: 'Payment', href: `/payments/${intent}` });
      if (intent !== undefined && event.type === 'invoice.paid') links.push(...(await receiptOf(tx, intent)));
    }
  }
  if ('payment_intent' in object && typeof object.payment_intent === 'string') {
    links.push({ label: 'Payment', href: `/payments/${object.payment_intent}` });
  }
  const mail = await mailOf(tx, past);
  if (mail) links.push({ label: 'Mail', href: `/mailbox/${mail.id}` });
  return links;
}

/** The receipt is mailed because of another event than `invoice.paid`. */
async function receiptOf(tx: Tx, intent: string): Promise<NonNullable<TimelineItem['links']>> {
  const [paid] = await eventsAbout(tx.database, [intent], ['payment_intent.succeeded'], { limit: 1 });
  const mail = paid && (await mailOf(tx, paid));
  return mail ? [{ label: 'Mail', href: `/mailbox/${mail.id}` }] : [];
}

/** Why the payment failed: what the charge says that was made at that moment. */
async function reasonOf(tx: Tx, { created, data }: Event): Promise<string> {
  const [intent] = await intentIdsOf(tx.database, [(data.object as Invoice).id]);
  if (intent === undefined) return '';
  const charges = await tx.objects.list('charge', { limit: 20, where: { payment_intent: intent } });
  return charges.find((charge) => charge.failure_message && charge.created <= created)?.failure_message ?? '';
}
