import type { RequestHandler } from 'express';
import { nowMs } from '../clock.js';
import { attemptsOf, deliveriesOf } from '../events/delivery-reports.js';
import { isListener } from '../events/endpoints.js';
import type { Ledger } from '../ledger.js';
import { badgeOf } from './delivery-words.js';
import { showTime } from './show-time.js';

/** `GET /events/:id`: the event as it is sent, and every attempt to deliver it. */
export const eventPage =
  (ledger: Ledger): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const found = await ledger.read(async ({ objects, endpoints, database }) => {
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
