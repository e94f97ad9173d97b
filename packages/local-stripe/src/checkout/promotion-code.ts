import type { RequestHandler } from 'express';
import { enterCode } from '../api/session-discounts.js';
import type { Store } from '../state/store.js';
import { browserRequest, showEnd, showForm } from './answers.js';
import { findSession } from './found-session.js';
import { takesCodes } from './mode-labels.js';

const NOT_PROCESSED = 422;

/** A promotion code that the customer enters on the page of a subscription; an empty one takes it away. */
export const submitCode =
  (store: Store): RequestHandler<{ id: string }, unknown, { code?: unknown } | undefined> =>
  async ({ body, params }, response) => {
    const found = await findSession(store, params.id);
    if (found?.session.status !== 'open') return showEnd(response, found?.session);
    if (!takesCodes(found.session)) return response.redirect(303, `/c/pay/${params.id}`);
    const code = typeof body?.code === 'string' ? body.code.trim().slice(0, 200) : '';
    const problem = await store.change(browserRequest(), async (tx) =>
      enterCode(tx, await tx.objects.get('checkout.session', params.id), code),
    );
    if (problem === undefined) return response.redirect(303, `/c/pay/${params.id}`);
    showForm(response.status(NOT_PROCESSED), found, { code: { entered: code, problem } });
  };
