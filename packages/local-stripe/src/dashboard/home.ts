import type { RequestHandler } from 'express';
import { nowMs } from '../model/clock.js';
import type { Controls } from '../control/controls.js';
import type { Store } from '../state/store.js';
import { testClocks } from './clocks.js';
import { eventRows } from './events.js';
import { faultRow, momentOf, showDuration } from './labels.js';
import { nextDue } from './next-due.js';
import { paymentRows } from './payments.js';
import { allowOwnScript } from '../http/security-headers.js';

const PAYMENTS = 8;
const EVENTS = 20;

/** `GET /`: the latest payments and events, and the controls. */
export const homePage =
  (store: Store, controls: Controls, forwardTo: string[]): RequestHandler =>
  async (_request, response) => {
    const { clock, deliverer, faultRules, unknownHere } = controls;
    const shown = await store.read(async (tx) => {
      const payments = await tx.objects.list('payment_intent', { limit: PAYMENTS + 1 });
      const events = await tx.objects.list('event', { limit: EVENTS + 1 });
      return {
        payments: await paymentRows(tx, payments.slice(0, PAYMENTS)),
        morePayments: payments.length > PAYMENTS,
        events: await eventRows(tx, events.slice(0, EVENTS)),
        moreEvents: events.length > EVENTS,
        next: await nextDue(tx, nowMs()),
        testClocks: await testClocks(tx),
        endpoints: (await tx.objects.list('webhook_endpoint', { limit: 20 })).map(({ url }) => url),
      };
    });
    allowOwnScript(response);
    response.render('home', {
      title: 'Overview',
      ...shown,
      destinations: [...forwardTo, ...shown.endpoints],
      now: momentOf(nowMs()),
      ahead: clock.aheadMs > 0 && showDuration(clock.aheadMs),
      held: deliverer.holds,
      faults: faultRules.list().map(faultRow),
      ignored: unknownHere.ignored(),
    });
  };
