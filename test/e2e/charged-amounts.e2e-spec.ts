import fc from 'fast-check';
import { Offers } from '../../src/billing/catalog/offers.service.js';
import { Env } from '../../src/config/env.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { PaymentReview } from '../../src/payments/account/payment-review.service.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { cliJson, runCli } from '../support/cli.js';
import { anEvent, metadataOf } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

/** By Stripe's clock: long before the test runs. */
const AT_STRIPE = 1_795_000_000;
const shipping = { amount_discount: 0, amount_shipping: 500, amount_tax: 0 };

describe('what a Checkout Session charged', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeAll(async () => {
    shop = await startShop({ settings: { PAYMENT_LINKS: 'plink_ours' } });
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    await sellInEurosToo();
  });
  afterAll(() => shop.stop());

  /** As a seller does in the Dashboard: the demo product costs USD 19.99 or EUR 18.49. */
  const sellInEurosToo = async () => {
    await askStripe(shop.sandbox.url, '/v1/prices', {
      product: 'nest_stripe_billing_demo',
      currency: 'usd',
      unit_amount: '1999',
      'currency_options[eur][unit_amount]': '1849',
      lookup_key: 'nest_stripe_billing_demo',
      transfer_lookup_key: 'true',
    });
    shop.app.get(Offers).refresh();
  };

  let tags = 0;
  /** An event that Stripe would send about the nth thing of this test; resolves once it is handled. */
  const happens = async (type: string, object: object, created = AT_STRIPE) => {
    const event = anEvent(type as 'checkout.session.completed', object as never, {
      id: `evt_charged_${++tags}`,
      created,
    });
    expect((await sender.send(event)).status).toBe(200);
    return eventually(`${type} is handled`, async () => {
      const found = await shop.app.get(EventLog).find(event.id);
      return found && found.event.status !== 'pending' && found.event;
    });
  };
  const payment = (id: string) => shop.app.get(PaymentReader).details(id);
  const session = (tag: string, changes: object) => ({
    id: `cs_test_${tag}`,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    amount_subtotal: 1999,
    amount_total: 1999,
    currency: 'usd',
    created: AT_STRIPE,
    client_reference_id: null,
    metadata: {},
    payment_link: null,
    payment_intent: `pi_${tag}`,
    customer_details: { email: 'buyer@example.com' },
    ...changes,
  });
  /** Somebody clicks Buy Now, and comes no further. */
  const begun = async (email: string) => {
    await shop.customer(email).goToCheckout();
    const { payments } = await shop.app.get(PaymentReader).list({ email });
    const [row] = payments;
    if (!row) throw new Error('There is no payment row');
    return row;
  };
  /** Completes the session of a row that was begun here. */
  const completes = async (email: string, changes: object) => {
    const { id, checkoutSessionId } = await begun(email);
    const intent = `pi_${id.replaceAll('-', '')}`;
    const object = session(id, { id: checkoutSessionId, metadata: metadataOf(id), payment_intent: intent, ...changes });
    await happens('checkout.session.completed', object);
    return (await payment(id)) ?? fail();
  };

  it("settles no row by a payment link's client_reference_id, which any buyer may set [M1]", async () => {
    const { id } = await begun('m1@example.com');
    const cheap = { payment_link: 'plink_ours', client_reference_id: id, amount_subtotal: 50, amount_total: 50 };
    await happens('checkout.session.completed', session('m1', cheap));
    expect(await payment(id)).toMatchObject({ status: 'pending', amount: 1999 });
    expect(await payment('cs_test_m1')).toMatchObject({ status: 'paid', amount: 50, priceKey: 'plink_ours' });
  });

  it("settles no row by another app's session, nor by one whose link was given our metadata [M1]", async () => {
    const { id, checkoutSessionId } = await begun('m1-more@example.com');
    const metadata = { payment_id: id };
    await happens('checkout.session.completed', session('m1a', { client_reference_id: id, metadata }));
    await happens(
      'checkout.session.completed',
      session('m1b', { client_reference_id: id, metadata: metadataOf(id), payment_link: 'plink_ours' }),
    );
    expect(await payment(id)).toMatchObject({ status: 'pending', checkoutSessionId });
  });

  it.each<[string, object, { amount: number; currency: string }]>([
    [
      'a discount',
      { amount_total: 999, total_details: { amount_discount: 1000, amount_shipping: null, amount_tax: 0 } },
      { amount: 999, currency: 'usd' },
    ],
    [
      'tax on top',
      { amount_total: 2379, total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 380 } },
      { amount: 2379, currency: 'usd' },
    ],
    [
      'tax that the price includes',
      { total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 319 } },
      { amount: 1999, currency: 'usd' },
    ],
    ['shipping', { amount_total: 2499, total_details: shipping }, { amount: 2499, currency: 'usd' }],
    [
      'a tip',
      { amount_total: 2199, total_details: { ...shipping, amount_shipping: 0, amount_tip: 200 } },
      { amount: 2199, currency: 'usd' },
    ],
    [
      'another currency, which Stripe converted to',
      {
        amount_subtotal: 1579,
        amount_total: 1579,
        currency: 'gbp',
        currency_conversion: { amount_subtotal: 1999, amount_total: 1999, fx_rate: '0.79', source_currency: 'usd' },
      },
      { amount: 1579, currency: 'gbp' },
    ],
    [
      'another currency that we offered',
      { amount_subtotal: 1849, amount_total: 1849, currency: 'eur' },
      { amount: 1849, currency: 'eur' },
    ],
  ])('settles the payment where %s explains the difference [M1]', async (what, changes, charged) => {
    const found = await completes(`${what.replaceAll(/\W/g, '')}@example.com`, changes);
    const requested = { amount: 1999, currency: 'usd' };
    expect(found).toMatchObject({ status: 'paid', ...charged, charged, requested });
  });

  it.each<[string, object]>([
    ['a lower sum', { amount_subtotal: 50, amount_total: 50 }],
    ['a lower sum by a discount that is smaller', { amount_total: 999, total_details: { amount_discount: 500 } }],
    ['a higher sum', { amount_total: 5999 }],
    ['the same number of another currency', { currency: 'jpy' }],
    ['a lower sum of a currency that we offered', { amount_subtotal: 1799, amount_total: 1799, currency: 'eur' }],
    ['nothing', { amount_total: 0, payment_status: 'no_payment_required', payment_intent: null }],
  ])('settles nothing where it is %s [M1]', async (what, changes) => {
    const found = await completes(`u${what.replaceAll(/\W/g, '')}@example.com`, changes);
    expect(found).toMatchObject({ status: 'processing', amount: 1999, currency: 'usd', unexplained: true });
    const toReview = await shop.app.get(PaymentReview).list();
    expect(toReview.find(({ id }) => id === found.id)?.reasons).toEqual([expect.stringContaining('asked for $19.99')]);
  });

  it('is accepted by an operator where nothing explains it, and settles then [M1]', async () => {
    const found = await completes('accepting@example.com', { amount_subtotal: 50, amount_total: 50 });
    const { payments } = await cliJson(shop.settings, 'payments', 'review');
    expect(payments).toContainEqual(expect.objectContaining({ id: found.id }));
    const accepted = await cliJson(shop.settings, 'payments', 'accept', found.id);
    expect(accepted).toMatchObject({ outcome: 'accepted', ...found.charged, status: 'paid' });
    expect(await payment(found.id)).toMatchObject({ status: 'paid', ...found.charged, unexplained: false });
    expect((await runCli(shop.settings, ['payments', 'accept', found.id])).status).toBe(1);
  });

  it('is of a payment link that nobody named ours: not recorded, with the reason and what to do [M7]', async () => {
    const event = await happens('checkout.session.completed', session('m7', { payment_link: 'plink_1' }));
    expect(event).toMatchObject({ status: 'ignored', reason: expect.stringMatching(/plink_1.*PAYMENT_LINKS/) });
    expect(await payment('cs_test_m7')).toBeUndefined();
    const ours = session('m7b', { payment_link: 'plink_1', metadata: { app_name: shop.app.get(Env).appName } });
    await happens('checkout.session.completed', ours);
    expect(await payment('cs_test_m7b')).toMatchObject({ status: 'paid' });
  });

  describe('with manual capture', () => {
    const link = { payment_link: 'plink_ours', payment_status: 'unpaid' };
    const intent = (tag: string, changes: object) => ({ id: `pi_${tag}`, object: 'payment_intent', ...changes });
    const charge = (tag: string, changes: object) => ({
      id: `ch_${tag}`,
      object: 'charge',
      amount: 1999,
      payment_intent: `pi_${tag}`,
      captured: false,
      amount_captured: 0,
      amount_refunded: 0,
      refunded: false,
      status: 'succeeded',
      ...changes,
    });
    const reserved = (tag: string): [string, object][] => [
      ['charge.succeeded', charge(tag, {})],
      [
        'payment_intent.amount_capturable_updated',
        intent(tag, { status: 'requires_capture', amount_capturable: 1999 }),
      ],
      ['checkout.session.completed', session(tag, link)],
    ];
    const released = (tag: string): [string, object][] => [
      ['payment_intent.canceled', intent(tag, { status: 'canceled' })],
      ['charge.refunded', charge(tag, { refunded: true, amount_refunded: 1999 })],
    ];
    const captured = (tag: string, amount: number): [string, object][] => [
      ['charge.captured', charge(tag, { captured: true, amount_captured: amount, amount_refunded: 1999 - amount })],
      ['payment_intent.succeeded', intent(tag, { status: 'succeeded', amount_received: amount })],
    ];
    const allHappen = async (events: [string, object][]) => {
      for (const [type, object] of events) await happens(type, object);
    };

    it('is reserved until it is captured, and then paid by what was captured [M5]', async () => {
      await allHappen(reserved('m5'));
      expect(await payment('cs_test_m5')).toMatchObject({ status: 'authorized', amount: 1999, refundable: 0 });
      await allHappen(captured('m5', 1500));
      expect(await payment('cs_test_m5')).toMatchObject({
        status: 'paid',
        amount: 1500,
        amountRefunded: 0,
        refundable: 1500,
        charged: { amount: 1999, currency: 'usd' },
      });
    });

    it.each(['charge.captured', 'payment_intent.succeeded'])('is paid by %s alone [M5]', async (type) => {
      const tag = `m5${type.replaceAll(/\W/g, '')}`;
      await allHappen([...reserved(tag), ...captured(tag, 1999).filter(([name]) => name === type)]);
      expect(await payment(`cs_test_${tag}`)).toMatchObject({ status: 'paid', amount: 1999, refundable: 1999 });
    });

    it.each<[string, (tag: string) => [string, object][]]>([
      ['canceled', released],
      ['released, as its charge alone says', (tag) => released(tag).slice(1)],
      [
        'left until it ran out',
        (tag) => [
          ['charge.expired', charge(tag, { refunded: true, amount_refunded: 1999 })],
          [
            'refund.created',
            {
              id: `re_${tag}`,
              object: 'refund',
              amount: 1999,
              currency: 'usd',
              payment_intent: `pi_${tag}`,
              reason: 'expired_uncaptured_charge',
              status: 'succeeded',
              created: AT_STRIPE,
              metadata: {},
            },
          ],
        ],
      ],
    ])('is failed where it was %s: nothing was paid, and nothing refunded [M4]', async (what, end) => {
      const tag = `m4${what.replaceAll(/\W/g, '')}`;
      await allHappen([...reserved(tag), ...end(tag)]);
      expect(await payment(`cs_test_${tag}`)).toMatchObject({ status: 'failed', amountRefunded: 0, refunds: [] });
    });

    it('ends the same in whatever order the events come, and however often [M4, M5]', async () => {
      const ends = fc.constantFrom('captured', 'released', 'open');
      let run = 0;
      const inAnyOrder = fc.asyncProperty(ends, fc.infiniteStream(fc.nat(1_000)), async (end, random) => {
        const tag = `anyorder${++run}`;
        const later = { captured: captured(tag, 700), released: released(tag), open: [] }[end];
        const events = [...reserved(tag), ...later].flatMap((event) => [event, event]);
        const places = new Map(events.map((_, at) => [at, Number(random.next().value)]));
        const shuffled = events.map((event, at) => ({ event, place: places.get(at) ?? 0 }));
        await allHappen(shuffled.toSorted((a, b) => a.place - b.place).map(({ event }) => event));
        expect(await payment(`cs_test_${tag}`)).toMatchObject(
          {
            captured: { status: 'paid', amount: 700, amountRefunded: 0 },
            released: { status: 'failed', amount: 1999, amountRefunded: 0 },
            open: { status: 'authorized', amount: 1999 },
          }[end],
        );
      });
      await fc.assert(inAnyOrder, { numRuns: 8 });
    });
  });

  it("is in the history with Stripe's time, and with when we learnt of it", async () => {
    const before = new Date();
    await happens('checkout.session.completed', session('times', { payment_link: 'plink_ours' }), AT_STRIPE + 60);
    const found = await payment('cs_test_times');
    expect(found?.history).toMatchObject([
      { to: 'pending', at: new Date(AT_STRIPE * 1_000) },
      { to: 'paid', at: new Date((AT_STRIPE + 60) * 1_000) },
    ]);
    for (const { learnedAt } of found?.history ?? []) expect(learnedAt?.getTime()).toBeGreaterThanOrEqual(+before);
  });
});

function fail(): never {
  throw new Error('There is no such payment');
}
