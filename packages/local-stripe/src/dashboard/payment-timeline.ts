import { formatAmount } from '../model/money.js';
import type { Event, StoredObject } from '../model/wire.js';
import { eventsAbout } from '../state/related.js';
import type { Tx } from '../state/store.js';
import type { TimelineItem, Tone } from '../http/components.js';
import { eventRows } from './events.js';

const MOST = 100;

/** What happened to these objects, newest first: their events, and how each was delivered. */
export async function timelineOf(tx: Tx, objects: readonly StoredObject[]): Promise<TimelineItem[]> {
  const ids = objects.map(({ id }) => id);
  const events = (await eventsAbout(tx.database, ids, undefined, { limit: MOST })).map(({ event }) => event);
  const rows = await eventRows(tx, events);
  return events.map((event, index) => {
    const { made, badges = [] } = rows[index] ?? {};
    return {
      title: titleOf(event),
      tone: toneOf(event.type),
      text: detailsOf(event.data.object),
      href: `/events/${event.id}`,
      iso: made?.iso ?? '',
      time: `${made?.full ?? ''} UTC`,
      pills: badges,
    };
  });
}

/** `charge.dispute.created`: `Charge dispute created`. */
function titleOf({ type }: Event): string {
  const words = type.replaceAll(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const TONES: Array<[RegExp, Tone]> = [
  [/failed|canceled|expired|dispute\.(created|funds_withdrawn)|early_fraud_warning\.created/, 'bad'],
  [/succeeded|completed|paid|captured|funds_reinstated/, 'good'],
  [/requires_action|processing|pending/, 'waiting'],
];

const toneOf = (type: string): Tone => TONES.find(([pattern]) => pattern.test(type))?.[1] ?? 'plain';

/** The amount, and why it went wrong. */
function detailsOf(object: StoredObject): string {
  const parts = [
    'amount' in object && typeof object.amount === 'number' && 'currency' in object && object.currency
      ? formatAmount(object.amount, object.currency)
      : '',
    'failure_message' in object ? (object.failure_message ?? '') : '',
    'reason' in object ? (object.reason ?? '').replaceAll('_', ' ') : '',
  ];
  return parts.filter(Boolean).join(' · ');
}
