import express, { type Request, type Router } from 'express';
import { newPortalSession } from '../api/portal-sessions.js';
import { noSuch } from '../conventions/errors.js';
import { originOf } from '../http/origin.js';
import { NO_REQUEST, type Store } from '../state/store.js';

/** `POST /_sandbox/customers/:id/portal`: opens the customer portal as the customer: its session, or on to its page. */
export function portalRoute(store: Store): Router {
  const router = express.Router();
  router.post('/customers/:id/portal', async (request: Request<{ id: string }>, response) => {
    const { id } = request.params;
    const session = await store.change(NO_REQUEST, async (tx) => {
      if (!(await tx.objects.find('customer', id))) throw noSuch('customer', id, 'id', 404);
      const returnUrl = `${originOf(request)}/customers/${id}`;
      return newPortalSession(tx, { customer: id, returnUrl }, originOf(request));
    });
    if (request.accepts(['json', 'html']) === 'json') response.json(session);
    else response.redirect(303, `/p/session/${session.id}`);
  });
  return router;
}
