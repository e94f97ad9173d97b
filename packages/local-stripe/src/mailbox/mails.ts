import type { Charge, Event, Invoice, PaymentIntent, Subscription } from '../model/wire.js';
import { eventsOfType, type PastEvent } from '../state/related.js';
import type { Tx } from '../state/store.js';
import { confirmLetter, failedLetter, overdueLetter, sentLetter } from './invoice-letters.js';
import { isMailedType, KINDS, type Letter, type Mail, type MailedType } from './mail.js';
import { receiptLetter, refundLetter } from './payment-letters.js';
import { renewalLetter, trialLetter } from './reminders.js';

/** The mail that Stripe would have sent because of an event; undefined where it sends none, as without an address. */
export async function mailOf(tx: Tx, past: PastEvent): Promise<Mail | undefined> {
  const { event, at } = past;
  if (!isMailedType(event.type)) return undefined;
  const letter = await letterOf(tx, past, event.type);
  if (!letter?.to) return undefined;
  const sentMs = (letter.sentAt ?? at) * 1000;
  return { ...letter, id: event.id, kind: KINDS[event.type], type: event.type, sentMs };
}

async function letterOf(tx: Tx, past: PastEvent, type: MailedType): Promise<Letter | undefined> {
  const { object } = past.event.data;
  switch (type) {
    case 'payment_intent.succeeded':
      return receiptLetter(tx, object as PaymentIntent);
    case 'charge.refunded':
      return refundLetter(tx, object as Charge, refundedBefore(past.event));
    case 'invoice.sent':
      return sentLetter(object as Invoice);
    case 'invoice.overdue':
      return overdueLetter(object as Invoice);
    case 'invoice.payment_failed':
      return failedLetter(tx, past, object as Invoice);
    case 'invoice.payment_action_required':
      return confirmLetter(object as Invoice);
    case 'invoice.upcoming':
      return renewalLetter(tx, object as Invoice);
    case 'customer.subscription.trial_will_end':
      return trialLetter(tx, object as Subscription);
  }
}

const refundedBefore = ({ data }: Event): number => Number(data.previous_attributes?.['amount_refunded'] ?? 0);

/** Most mails of a page, events that are read at once, and how often: most events of these types are mailed. */
const SHOWN = 25;
const BATCH = 50;
const MOST_BATCHES = 8;

/** Mails of these types, newest first. `after`: the id of an event; `older`: that of the next page. */
export async function listMails(
  tx: Tx,
  types: readonly MailedType[],
  after: string | undefined,
): Promise<{ mails: Mail[]; older: string | undefined }> {
  const mails: Mail[] = [];
  let before = after;
  for (let batch = 0; batch < MOST_BATCHES; batch++) {
    const events = await newestOf(tx, types, before);
    for (const past of events) {
      const mail = await mailOf(tx, past);
      if (mail && mails.length === SHOWN) return { mails, older: mails.at(-1)?.id };
      if (mail) mails.push(mail);
      before = past.event.id;
    }
    if (events.length < BATCH) return { mails, older: undefined };
  }
  return { mails, older: before };
}

/** Each type is read by its index, so that a page takes as long whatever else there is. */
async function newestOf({ database }: Tx, types: readonly MailedType[], before: string | undefined) {
  const found = [];
  for (const type of types) found.push(...(await eventsOfType(database, type, { limit: BATCH, before })));
  return found.toSorted((a, b) => b.position - a.position).slice(0, BATCH);
}
