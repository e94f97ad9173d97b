import type { RequestHandler } from 'express';
import { nowMs } from '../clock.js';
import type { Controls } from '../controls.js';
import type { Ledger } from '../ledger.js';
import { eventRows } from './event-rows.js';
import { faultRow } from './fault-words.js';
import { paymentRows } from './payment-rows.js';
import { allowOwnScript } from './security-headers.js';
import { showDuration, showTime } from './show-time.js';

const PAYMENTS = 8;
const EVENTS = 20;

/** `GET /`: what is in the sandbox, and the buttons that no Stripe has. */
export const homePage =
  (ledger: Ledger, controls: Controls, forwardTo: string[]): RequestHandler =>
  async (_request, response) => {
    const { clock, deliverer, misbehaviour } = controls;
    const shown = await ledger.read(async (tx) => {
      const payments = await tx.objects.list('payment_intent', { limit: PAYMENTS + 1 });
      const events = await tx.objects.list('event', { limit: EVENTS + 1 });
      return {
        payments: await paymentRows(tx, payments.slice(0, PAYMENTS)),
        morePayments: payments.length > PAYMENTS,
        events: await eventRows(tx, events.slice(0, EVENTS)),
        moreEvents: events.length > EVENTS,
        endpoints: (await tx.objects.list('webhook_endpoint', { limit: 20 })).map(({ url }) => url),
      };
    });
    allowOwnScript(response);
    response.render('home', {
      title: 'Overview',
      ...shown,
      destinations: [...forwardTo, ...shown.endpoints],
      now: showTime(nowMs()),
      ahead: clock.aheadMs > 0 && showDuration(clock.aheadMs),
      held: deliverer.holds,
      faults: misbehaviour.list().map(faultRow),
    });
  };
