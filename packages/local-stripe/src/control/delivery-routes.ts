import express, { type Request, type Router } from 'express';
import type { Controls } from './controls.js';
import { optional, shape, text } from '../conventions/params/index.js';
import { noSuch } from '../conventions/errors.js';
import { answerControl } from './answers.js';
import { countDeliveries } from '../state/delivery-reports.js';
import type { Store } from '../state/store.js';
import { nowMs } from '../model/clock.js';

const again = shape({ account: optional(text) });

type Resending = Request<{ id: string }, unknown, object | undefined>;

/**
 * `GET /_sandbox/webhooks` counts deliveries; `POST /_sandbox/webhooks/hold` and `/release` pause and resume them;
 * `/events/:id/resend` delivers again, with `{ "account": "acct_1" }` as an event of a connected account.
 */
export function deliveryRoutes(store: Store, controls: Controls): Router {
  const router = express.Router();
  router.get('/webhooks', async (_request, response) => {
    const counts = await store.read(({ database }) => countDeliveries(database, nowMs()));
    response.json({ held: controls.deliverer.holds, ...counts });
  });
  router.post('/webhooks/hold', (request, response) => {
    controls.deliverer.hold();
    answerControl(request, response, { held: true });
  });
  router.post('/webhooks/release', (request, response) => {
    controls.deliverer.release();
    answerControl(request, response, { held: false });
  });
  router.post('/events/:id/resend', async (request: Resending, response) => {
    const { id } = request.params;
    const { account } = again(request.body ?? {}, '');
    if (!(await controls.resend(id, account))) throw noSuch('event', id, 'id', 404);
    answerControl(request, response, { id, resent: true });
  });
  return router;
}
