import Stripe from 'stripe';
import { control } from './support/control.js';
import { paidSession } from './support/customer.js';
import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';
import { WebhookReceiver } from './support/webhook-receiver.js';

type EventName = Stripe.WebhookEndpointCreateParams.EnabledEvent;

describe('several endpoints', () => {
  let under: SandboxUnderTest;
  const receivers: WebhookReceiver[] = [];

  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(async () => {
    await under.stop();
    await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  });

  /** An endpoint made over the API, and who listens there. */
  async function endpoint(...types: EventName[]): Promise<{ id: string; receiver: WebhookReceiver }> {
    const receiver = await WebhookReceiver.listen();
    receivers.push(receiver);
    const { id, secret = '' } = await under.stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: types,
    });
    receiver.secret = secret;
    return { id, receiver };
  }

  const pendingOf = async (eventId: string) => (await under.stripe.events.retrieve(eventId)).pending_webhooks;
  const untilPendingIs = (count: number, eventId: string) =>
    eventually(async () => (await pendingOf(eventId)) === count || undefined, `${count} pending deliveries`);

  it('each get the events that they want, signed with their own secret', async () => {
    const all = await endpoint('*');
    const updates = await endpoint('product.updated', 'price.created');
    const { id } = await under.stripe.products.create({ name: 'A' });
    await under.stripe.products.update(id, { name: 'B' });

    const { id: eventId } = await updates.receiver.event('product.updated');
    expect(updates.receiver.types()).toEqual(['product.updated']);
    for (const receiver of [all.receiver, under.receiver]) {
      await receiver.event('product.created');
      expect((await receiver.event('product.updated')).id).toBe(eventId);
    }
    expect(all.receiver.secret).not.toBe(under.sandbox.webhookSecret);
  });

  it('are each retried on their own, and the event says how many are missing', async () => {
    const { receiver } = await endpoint('*');
    receiver.answer = () => 500;
    await under.stripe.products.create({ name: 'A' });
    const { id } = await under.receiver.event('product.created');
    await receiver.attempted(2);
    await untilPendingIs(1, id);
    expect(under.receiver.attempts).toHaveLength(1);

    receiver.answer = () => 200;
    await receiver.event('product.created');
    await untilPendingIs(0, id);
  });

  it('do not wait for one that never answers', async () => {
    const { receiver } = await endpoint('*');
    receiver.hangs = true;
    for (let made = 0; made < 12; made++) await under.stripe.products.create({ name: `${made}` });

    await under.receiver.attempted(12);
  });

  it('get nothing while disabled, nothing of before they were made, and nothing once deleted', async () => {
    await under.stripe.products.create({ name: 'before' });
    const { id, receiver } = await endpoint('*');
    const makeAndSee = async (name: string) => {
      const { id: productId } = await under.stripe.products.create({ name });
      await under.receiver.event('product.created', productId);
    };
    await under.stripe.webhookEndpoints.update(id, { disabled: true });
    await makeAndSee('while disabled');
    await under.stripe.webhookEndpoints.update(id, { disabled: false });
    await makeAndSee('enabled');
    await receiver.event('product.created');
    await under.stripe.webhookEndpoints.del(id);
    await makeAndSee('deleted');

    expect(receiver.attempts.map(({ data }) => ('name' in data.object ? data.object.name : ''))).toEqual(['enabled']);
  });

  it('of a version before 2024-10-28 hear of a refund by charge.refund.updated alone, and events name their version [M6]', async () => {
    await under.stop();
    under = await SandboxUnderTest.start({ refundFailureDelayMs: 30 });
    const receiver = await WebhookReceiver.listen();
    receivers.push(receiver);
    const { secret = '' } = await under.stripe.webhookEndpoints.create({
      api_version: '2024-06-20',
      enabled_events: ['charge.refunded', 'charge.refund.updated', 'refund.updated', 'refund.failed'],
      url: receiver.url,
    });
    receiver.secret = secret;
    const { payment_intent } = await paidSession(under.stripe, '4000 0000 0000 5126');
    await under.stripe.refunds.create({ payment_intent: (payment_intent as Stripe.PaymentIntent).id });

    const { api_version, data } = await receiver.event('charge.refund.updated');
    expect(api_version).toBe('2024-06-20');
    expect(data.object).toMatchObject({ status: 'failed' });
    const today = await under.receiver.event('refund.failed');
    expect(today.api_version).toBe('2026-10-28.endive');
    await untilPendingIs(0, today.id);
    expect(receiver.types()).toEqual(['charge.refunded', 'charge.refund.updated']);
  });

  it('get an event again when it is resent, and no unknown one', async () => {
    const { receiver } = await endpoint('product.created');
    await under.stripe.products.create({ name: 'A' });
    const { id } = await receiver.event('product.created');
    const { post } = control(under.sandbox);

    expect(await post(`/events/${id}/resend`)).toMatchObject({ status: 200 });
    await receiver.attempted(2);
    await under.receiver.attempted(2);
    expect(new Set(receiver.attempts.map((event) => event.id))).toEqual(new Set([id]));
    expect(await post('/events/evt_unknown/resend')).toMatchObject({ status: 404 });
  });

  it('ask for types of event that there are, and for a version that is one; it never changes', async () => {
    const { webhookEndpoints } = under.stripe;
    const url = 'https://shop.example.com/webhook';
    const refused = { statusCode: 400, type: 'StripeInvalidRequestError' };
    for (const type of ['checkout.session.complete', 'no_such', 'invoice.*'])
      await expect(webhookEndpoints.create({ url, enabled_events: [type as EventName] })).rejects.toMatchObject({
        ...refused,
        param: 'enabled_events[0]',
      });
    const older = '2024-06-20';
    const made = (version: string) =>
      webhookEndpoints.create({ url, enabled_events: ['*'], api_version: version as typeof older });
    await expect(made('newest')).rejects.toMatchObject({ ...refused, param: 'api_version' });
    const { id } = await made(older);
    await expect(webhookEndpoints.update(id, { api_version: Stripe.API_VERSION } as never)).rejects.toMatchObject(
      refused,
    );
    expect(await webhookEndpoints.retrieve(id)).toMatchObject({ api_version: older });
    expect(await webhookEndpoints.retrieve(id)).not.toHaveProperty('secret');
  });

  it('are answered with the machine’s time, by which deliveries are signed, wherever the sandbox’s own clock is', async () => {
    await under.sandbox.moveClock(36 * 60 * 60 * 1000);
    const { headers } = await fetch(`${under.sandbox.url}/v1/events`);
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(60_000);
  });
});
