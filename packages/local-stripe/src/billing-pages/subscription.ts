import type { RequestHandler } from 'express';
import { billingFor } from '../billing/billing.js';
import { invoicesOf } from '../billing/invoice-store.js';
import { loadSubscription } from '../billing/subscription-store.js';
import { clockOf, shownClock } from '../dashboard/clocks.js';
import { queried } from '../dashboard/labels.js';
import { originOf } from '../http/origin.js';
import { rawOf } from '../http/components.js';
import { planNameOf, priceText } from '../portal/subscriptions.js';
import { NO_REQUEST, type Store } from '../state/store.js';
import { invoiceRow, rowsOf } from './rows.js';
import { subscriptionPills } from './statuses.js';
import { subscriptionAhead } from './subscription-ahead.js';
import { itemsOf, statusText, subscriptionFacts } from './subscription-facts.js';
import { subscriptionTimeline } from './timeline.js';

const INVOICES_SHOWN = 12;

/** `GET /subscriptions/:id?after=EVENT`: what it is, what is due next, and what happened to it. */
export const subscriptionPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async (request, response) => {
    const { params, query } = request;
    const after = queried(query, 'after');
    // Not `read`: the amount of the next renewal is found by doing it and taking it back.
    const model = await store.change(NO_REQUEST, async (tx) => {
      const loaded = await loadSubscription({ tx }, params.id);
      if (!loaded) return undefined;
      const { subscription } = loaded;
      const clock = await clockOf(tx, subscription);
      const billing = await billingFor(tx, originOf(request), clock);
      const invoices = await invoicesOf(billing, subscription.id, INVOICES_SHOWN);
      const past = await subscriptionTimeline(tx, subscription, { path: `/subscriptions/${params.id}`, after });
      return {
        plan: await planNameOf(tx, subscription),
        price: priceText(subscription),
        pills: subscriptionPills(subscription),
        text: statusText(subscription),
        items: await itemsOf(tx, subscription),
        facts: await subscriptionFacts(billing, subscription),
        ahead: after === undefined ? await subscriptionAhead(billing, loaded) : [],
        ...past,
        invoices: await rowsOf(invoices, (each) => invoiceRow(tx, each)),
        clock: await shownClock(tx, clock),
        customer: subscription.customer,
        parts: [rawOf(subscription)],
      };
    });
    if (!model) return response.status(404).render('ended', { title: 'Not found' });
    const { ahead, timeline } = model;
    response.render('subscription', { title: model.plan, ...model, timeline: [...ahead, ...timeline] });
  };
