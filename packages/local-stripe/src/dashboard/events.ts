import type { RequestHandler } from 'express';
import { nowMs } from '../model/clock.js';
import { attemptsOf, deliveriesOf } from '../state/delivery-reports.js';
import { isListener } from '../state/endpoints.js';
import type { Store, Tx } from '../state/store.js';
import { type Badge, badgeOf, olderThan, showTime } from './labels.js';
import type { Event } from '../model/wire.js';

export interface EventRow {
  id: string;
  type: string;
  time: string;
  /** Id of its object. */
  about: string;
  badges: Badge[];
}

/** The rows of the events table, with their deliveries. */
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

/** `GET /events/:id`: the payload, and all attempts of its deliveries. */
export const eventPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const found = await store.read(async ({ objects, endpoints, database }) => {
      const event = await objects.find('event', params.id);
      if (!event) return undefined;
      const attempts = await attemptsOf(database, event.id);
      const deliveries = [];
      for (const delivery of await deliveriesOf(database, [event.id])) {
        const destination = await endpoints.destination(delivery.endpointId);
        deliveries.push({
          url: destination?.url ?? 'an endpoint that is gone',
          endpoint: isListener(delivery.endpointId) ? undefined : delivery.endpointId,
          badge: badgeOf(delivery, nowMs()),
          attempts: attempts
            .filter(({ deliveryId }) => deliveryId === delivery.id)
            .map(({ atMs, answer, said }) => ({ time: showTime(atMs), answer, said })),
        });
      }
      return { event, deliveries };
    });
    if (!found) return response.status(404).render('ended', { title: 'Not found' });
    const { event, deliveries } = found;
    response.render('event', {
      title: event.type,
      id: event.id,
      type: event.type,
      time: showTime(event.created * 1000),
      request: event.request?.id,
      deliveries,
      json: JSON.stringify(event, null, 2),
    });
  };

const SHOWN = 50;

/** `GET /events?after=ID`: all of them, newest first. */
export const eventsPage =
  (store: Store): RequestHandler =>
  async ({ query }, response) => {
    const shown = await store.read(async (tx) => {
      const found = await tx.objects.list('event', { limit: SHOWN + 1, startingAfter: olderThan(query) });
      return {
        events: await eventRows(tx, found.slice(0, SHOWN)),
        older: found.length > SHOWN && found[SHOWN - 1]?.id,
      };
    });
    response.render('events', { title: 'Events', ...shown });
  };
