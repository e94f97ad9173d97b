import type { RequestHandler } from 'express';
import { nowMs } from '../model/clock.js';
import { attemptsOf, deliveriesOf } from '../state/delivery-reports.js';
import { isListener } from '../state/endpoints.js';
import type { Store, Tx } from '../state/store.js';
import { factsOf, type Moment, pageOf } from '../http/components.js';
import { type Badge, badgeOf, momentOf, queried } from './labels.js';
import type { Event, StoredObject } from '../model/wire.js';

export interface EventRow {
  id: string;
  type: string;
  made: Moment;
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
    made: momentOf(created * 1000),
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
            .map(({ atMs, answer, said }) => ({ made: momentOf(atMs), answer, said })),
        });
      }
      return { event, deliveries };
    });
    if (!found) return response.status(404).render('ended', { title: 'Not found' });
    const { event, deliveries } = found;
    response.render('event', {
      title: event.type,
      type: event.type,
      facts: factsOf([
        { label: 'Event', code: event.id },
        { label: 'About', code: event.data.object.id, ...linkTo(event.data.object) },
        { label: 'Made', text: `${momentOf(event.created * 1000).full} UTC` },
        { label: 'By the request', code: event.request?.id ?? undefined },
      ]),
      deliveries,
      actions: [{ label: 'Resend', action: `/_sandbox/events/${event.id}/resend` }],
      json: JSON.stringify(event, null, 2),
    });
  };

const PAGES: Record<string, string> = {
  customer: '/customers',
  invoice: '/invoices',
  payment_intent: '/payments',
  subscription: '/subscriptions',
};

/** The page of an object, or of the payment that it belongs to. */
function linkTo(object: StoredObject): { href?: string } {
  const page = PAGES[object.object];
  if (page && object.id) return { href: `${page}/${object.id}` };
  const payment = 'payment_intent' in object ? object.payment_intent : undefined;
  return typeof payment === 'string' ? { href: `/payments/${payment}` } : {};
}

const SHOWN = 50;

/** `GET /events?type=charge.*&after=ID`: all of them, newest first. */
export const eventsPage =
  (store: Store): RequestHandler =>
  async ({ query }, response) => {
    const [type, after] = [queried(query, 'type'), queried(query, 'after')];
    const shown = await store.read(async (tx) => {
      const where = { type: type === undefined ? undefined : { glob: type.replaceAll(/[[?]/g, '') } };
      const found = await tx.objects.list('event', { limit: SHOWN + 1, startingAfter: after, where });
      const { items, pager } = pageOf(found, SHOWN, '/events', { type, after });
      return { events: await eventRows(tx, items), pager };
    });
    response.render('events', { title: 'Events', type, filtered: type !== undefined, ...shown });
  };
