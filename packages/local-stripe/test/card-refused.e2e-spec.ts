import type Stripe from 'stripe';
import { openSession, payWithCard, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a card that does not simply pay', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const intentOf = async (session: Stripe.Checkout.Session): Promise<Stripe.PaymentIntent> => {
    const { payment_intent } = await under.stripe.checkout.sessions.retrieve(session.id);
    return under.stripe.paymentIntents.retrieve(String(payment_intent));
  };

  it.each([
    ['4000 0000 0000 0002', 'Your card was declined.', 'generic_decline'],
    ['4000000000009995', 'Your card has insufficient funds.', 'insufficient_funds'],
    ['4539 1488 0343 6467', 'Your request was in test mode, but used a non test card.', 'test_mode_live_card'],
  ])('%s is declined: %s', async (number, message, decline_code) => {
    const session = await openSession(under.stripe);
    const answer = await payWithCard(session, number);

    expect(answer.status).toBe(402);
    expect(await answer.text()).toMatch(new RegExp(`role="alert">[^<]*${message}`));
    const intent = await intentOf(session);
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code, type: 'card_error' },
    });
    expect((await under.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    await under.receiver.event('payment_intent.payment_failed', intent.id);
    await under.receiver.event('charge.failed', intent.id);
  });

  it('leaves the session open for another card, on the same payment', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session, '4000 0000 0000 0002');
    const declined = await intentOf(session);
    await payWithCard(session);

    expect(await intentOf(session)).toMatchObject({ id: declined.id, status: 'succeeded', last_payment_error: null });
  });

  it('asks for authentication and pays when it is completed', async () => {
    const session = await openSession(under.stripe);
    const answer = await payWithCard(session, '4000 0025 0000 3155');
    const challenge = new URL(String(answer.headers.get('location')), under.sandbox.url).href;

    expect(await (await fetch(challenge)).text()).toContain('Complete authentication');
    expect(await intentOf(session)).toMatchObject({ status: 'requires_action', latest_charge: null });
    const after = await submit(challenge, { outcome: 'complete' });
    expect(after.headers.get('location')).toBe(`http://shop.test/success?checkout_sid=${session.id}`);
    expect(await intentOf(session)).toMatchObject({ status: 'succeeded', next_action: null });
  });

  it('stays unpaid when the card is declined after authentication, and is paid with another one', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session, '4000 0084 0000 1629');
    const answer = await submit(`${session.url}/authenticate`, { outcome: 'complete' });
    expect(await answer.text()).toContain('Your card was declined.');
    expect(await intentOf(session)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
    });
    await payWithCard(session);
    expect(await intentOf(session)).toMatchObject({ status: 'succeeded' });
  });

  it('stays unpaid when authentication fails', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session, '4000 0025 0000 3155');
    const answer = await submit(`${session.url}/authenticate`, { outcome: 'fail' });

    const page = await answer.text();
    expect(page).toContain('unable to authenticate your payment method');
    expect(page).toContain(`action="/c/pay/${session.id}"`);
    expect(await intentOf(session)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });

  it('pays with the disputed card, and the customer wants the money back', async () => {
    await payWithCard(await openSession(under.stripe), '4000 0000 0000 0259');

    const { data } = await under.receiver.event('charge.dispute.created');
    await under.receiver.event('charge.dispute.funds_withdrawn');
    const dispute = await under.stripe.disputes.retrieve(data.object.id, { expand: ['charge'] });
    expect(dispute).toMatchObject({ amount: 1999, status: 'needs_response', charge: { disputed: true, paid: true } });
    expect(dispute.evidence_details.due_by).toBeGreaterThan(Date.now() / 1000);
  });
});
