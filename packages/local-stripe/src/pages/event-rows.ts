import { nowMs } from '../clock.js';
import { deliveriesOf } from '../events/delivery-reports.js';
import type { Tx } from '../ledger.js';
import type { Event } from '../wire.js';
import { badgeOf, type Badge } from './delivery-words.js';
import { showTime } from './show-time.js';

export interface EventRow {
  id: string;
  type: string;
  time: string;
  /** What it is about: an object's id. */
  about: string;
  badges: Badge[];
}

/** Events as the page lists them, with what became of their deliveries. */
export async function eventRows({ database }: Tx, events: readonly Event[]): Promise<EventRow[]> {
  const deliveries = await deliveriesOf(
    database,
    events.map(({ id }) => id),
  );
  return events.map(({ id, type, created, data }) => ({
    id,
    type,
    time: showTime(created * 1000),
    about: data.object.id,
    badges: deliveries.filter(({ eventId }) => eventId === id).map((delivery) => badgeOf(delivery, nowMs())),
  }));
}
