import express, { type Router } from 'express';
import type { Controls } from './controls.js';
import { noSuch } from '../conventions/errors.js';
import { answerControl } from './answers.js';

/** `POST /_sandbox/webhooks/hold` and `/release` pause and resume deliveries; `/events/:id/resend` delivers again. */
export function deliveryRoutes(controls: Controls): Router {
  const router = express.Router();
  router.post('/webhooks/hold', (request, response) => {
    controls.deliverer.hold();
    answerControl(request, response, { held: true });
  });
  router.post('/webhooks/release', (request, response) => {
    controls.deliverer.release();
    answerControl(request, response, { held: false });
  });
  router.post('/events/:id/resend', async (request, response) => {
    const { id } = request.params;
    if (!(await controls.resend(id))) throw noSuch('event', id, 'id', 404);
    answerControl(request, response, { id, resent: true });
  });
  return router;
}
