import type Stripe from 'stripe';
import { openSession, payWithCard, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('discounts of a Checkout Session in payment mode', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const reread = (session: Stripe.Checkout.Session) =>
    under.stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'payment_intent'] });

  it('are taken off what the customer pays, and count as redeemed when they have paid', async () => {
    const { id: coupon } = await under.stripe.coupons.create({ duration: 'once', percent_off: 25 });
    const session = await openSession(under.stripe, { discounts: [{ coupon }] });
    expect(session).toMatchObject({
      amount_subtotal: 1999,
      amount_total: 1499,
      discounts: [{ coupon, promotion_code: null }],
      total_details: { amount_discount: 500 },
    });
    expect(await under.stripe.coupons.retrieve(coupon)).toMatchObject({ times_redeemed: 0 });

    await payWithCard(session);
    expect(await reread(session)).toMatchObject({
      line_items: { data: [{ amount_discount: 500, amount_subtotal: 1999, amount_total: 1499 }] },
      payment_intent: { amount: 1499, amount_received: 1499 },
      payment_status: 'paid',
    });
    expect(await under.stripe.coupons.retrieve(coupon)).toMatchObject({ times_redeemed: 1 });
  });

  it('may be a promotion code that the customer enters, or takes away again', async () => {
    const { id: coupon } = await under.stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' });
    await under.stripe.promotionCodes.create({ code: 'FIVEOFF', promotion: { coupon, type: 'coupon' } });
    const session = await openSession(under.stripe, { allow_promotion_codes: true });

    await submit(`${String(session.url)}/promotion-code`, { code: 'FIVEOFF' });
    expect(await see(String(session.url))).toContain('$14.99');
    await submit(`${String(session.url)}/promotion-code`, { code: '' });
    expect(await reread(session)).toMatchObject({ amount_total: 1999 });
    await submit(`${String(session.url)}/promotion-code`, { code: 'FIVEOFF' });
    await payWithCard(session);
    expect(await reread(session)).toMatchObject({ amount_total: 1499, payment_intent: { amount_received: 1499 } });
  });

  it('that take everything off leave nothing to pay: there is no Payment Intent', async () => {
    const { id: coupon } = await under.stripe.coupons.create({ duration: 'once', percent_off: 100 });
    const session = await openSession(under.stripe, { discounts: [{ coupon }] });
    await submit(String(session.url), { email: 'ada@example.com' });
    expect(await reread(session)).toMatchObject({
      amount_total: 0,
      payment_intent: null,
      payment_status: 'no_payment_required',
      status: 'complete',
    });
  });

  it('are refused where the coupon does not exist or is used up', async () => {
    await expect(openSession(under.stripe, { discounts: [{ coupon: 'none' }] })).rejects.toMatchObject({
      code: 'resource_missing',
      param: 'discounts[0][coupon]',
    });
    const { id: coupon } = await under.stripe.coupons.create({ duration: 'once', max_redemptions: 1, percent_off: 10 });
    await payWithCard(await openSession(under.stripe, { discounts: [{ coupon }] }));
    await expect(openSession(under.stripe, { discounts: [{ coupon }] })).rejects.toMatchObject({ statusCode: 400 });
  });
});
