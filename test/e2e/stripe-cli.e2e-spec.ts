import { EventLog } from '../../src/webhook/event-log.service.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { StripeCli } from '../support/stripe-cli.js';

/** What `stripe trigger` is asked for, and the events that come of it besides. */
const TRIGGERS: Array<[event: string, ...more: string[]]> = [
  ['checkout.session.completed', 'payment_intent.succeeded', 'charge.succeeded'],
  ['checkout.session.async_payment_succeeded', 'checkout.session.completed', 'payment_intent.processing'],
  ['checkout.session.async_payment_failed', 'payment_intent.payment_failed'],
  ['checkout.session.expired'],
  ['charge.captured'],
  ['charge.dispute.closed'],
  ['charge.dispute.created'],
  ['charge.dispute.updated'],
  ['charge.failed'],
  ['charge.refund.updated', 'refund.updated'],
  ['charge.refunded', 'refund.created'],
  ['charge.succeeded'],
  ['customer.created'],
  ['customer.deleted'],
  ['customer.updated'],
  ['payment_intent.amount_capturable_updated'],
  ['payment_intent.canceled'],
  ['payment_intent.created'],
  ['payment_intent.payment_failed', 'charge.failed'],
  ['payment_intent.processing'],
  ['payment_intent.requires_action'],
  ['payment_intent.succeeded'],
  ['payment_method.attached'],
  ['payment_method.detached'],
  ['price.created'],
  ['price.updated'],
  ['product.created'],
  ['product.deleted'],
  ['product.updated'],
];

/** The same of subscriptions and invoices. Their customers are the fixtures', and none of this app's. */
const BILLING_TRIGGERS: Array<[event: string, ...more: string[]]> = [
  ['customer.subscription.created', 'invoice.created', 'invoice.finalized', 'invoice.paid', 'invoice_payment.paid'],
  ['customer.subscription.deleted'],
  ['customer.subscription.paused'],
  ['customer.subscription.trial_will_end'],
  ['customer.subscription.updated'],
  ['invoice.created'],
  ['invoice.deleted'],
  ['invoice.finalized'],
  ['invoice.marked_uncollectible'],
  ['invoice.paid', 'invoice_payment.paid'],
  ['invoice.payment_action_required'],
  ['invoice.payment_failed'],
  ['invoice.sent'],
  ['invoice.updated'],
  ['invoice.voided'],
  ['invoiceitem.created'],
  ['subscription.payment_failed', 'invoice.payment_failed'],
  ['subscription.payment_succeeded', 'invoice.paid'],
  ['subscription_schedule.canceled'],
  ['subscription_schedule.created'],
  ['subscription_schedule.released'],
  ['subscription_schedule.updated'],
];

describe('stripe trigger, of the official Stripe CLI, with the sandbox for its API', () => {
  let shop: Shop;
  let cli: StripeCli;

  beforeAll(async () => {
    shop = await startShop();
    // It takes no host name here, only the address of this machine.
    cli = await StripeCli.at(`http://127.0.0.1:${shop.sandbox.port}`);
  });
  afterAll(async () => {
    await cli.remove();
    await shop.stop();
  });

  const typesSince = async (known: Set<string>): Promise<Map<string, string>> => {
    const { events } = await shop.app.get(EventLog).list({});
    return new Map(events.filter(({ event }) => !known.has(event.id)).map(({ event }) => [event.type, event.status]));
  };

  it.each(TRIGGERS)('%s: the events have come, and are handled', async (...expected) => {
    const [event] = expected;
    const known = new Set((await shop.app.get(EventLog).list({})).events.map((logged) => logged.event.id));
    const said = await cli.trigger(event);

    expect(said).toContain('Trigger succeeded');
    await eventually(`the app to be done with ${expected.join(', ')}`, async () => {
      const types = await typesSince(known);
      return expected.every((type) => ['done', 'ignored'].includes(types.get(type) ?? ''));
    });
  });

  it.each(BILLING_TRIGGERS)(
    '%s: the events have come, none is dead, and what is not ours is left alone',
    async (...expected) => {
      const [event] = expected;
      const known = new Set((await shop.app.get(EventLog).list({})).events.map((logged) => logged.event.id));
      expect(await cli.trigger(event)).toContain('Trigger succeeded');
      const types = expected.filter((type) => !type.startsWith('subscription.')); // the trigger of a group is no event
      const since = async () =>
        (await shop.app.get(EventLog).list({})).events.filter((one) => !known.has(one.event.id));
      // More may arrive between two looks, so what is judged is what was done at one.
      let events = await since();
      await eventually(`the app to be done with ${types.join(', ')}`, async () => {
        events = await since();
        const arrived = types.every((type) => events.some((one) => one.event.type === type));
        return arrived && events.every((one) => one.event.status !== 'pending');
      });
      for (const { event: one } of events) {
        expect({ type: one.type, status: one.status }).not.toMatchObject({ status: 'dead' });
        if (!/^(customer\.subscription|invoice)\./.test(one.type)) continue;
        expect(one).toMatchObject({
          status: 'ignored',
          reason: expect.stringMatching(/none of this app's customers|^no handler for/),
        });
      }
    },
  );
});
