import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CARD, openSession, payWithCard, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('paying by card on the hosted Checkout page', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('shows what is bought and what it costs, on the button too', async () => {
    const page = await see(String((await openSession(under.stripe, { customer_email: 'ada@example.com' })).url));

    expect(page).toContain('Demo Product');
    expect(page).toContain('>Pay $19.99</button>');
    expect(page).toContain('value="ada@example.com"');
    expect(page).toContain('href="http://shop.test/cancel"');
    expect(page).toContain('No money moves');
  });

  it('sends the customer back to the shop, paid', async () => {
    const open = await openSession(under.stripe, { payment_intent_data: { metadata: { order: '7' } } });
    const answer = await payWithCard(open);

    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`http://shop.test/success?checkout_sid=${open.id}`);
    const paid = await under.stripe.checkout.sessions.retrieve(open.id, { expand: ['payment_intent.latest_charge'] });
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer_details: { email: 'ada@example.com' },
      payment_intent: {
        status: 'succeeded',
        amount_received: 1999,
        metadata: { order: '7' },
        latest_charge: { paid: true, payment_method_details: { card: { brand: 'visa', last4: '4242' } } },
      },
    });
  });

  it('tells the shop by webhook, in the order in which it happened', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session);

    const { data, api_version, request } = await under.receiver.event('checkout.session.completed', session.id);
    expect(data.object).toMatchObject({ id: session.id, payment_status: 'paid' });
    expect(data.object).not.toHaveProperty('line_items');
    expect(api_version).toBe('2026-10-28.endive');
    expect(request?.id).toMatch(/^req_/);
    const recorded = (await under.stripe.events.list({ limit: 4 })).data.map(({ type }) => type);
    expect(recorded.toReversed()).toEqual([
      'payment_intent.created',
      'payment_intent.succeeded',
      'charge.succeeded',
      'checkout.session.completed',
    ]);
  });

  it('takes the money once when the button is pressed twice', async () => {
    const session = await openSession(under.stripe);
    const answers = await Promise.all([payWithCard(session), payWithCard(session)]);

    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const { payment_intent } = await under.stripe.checkout.sessions.retrieve(session.id);
    const charges = await under.stripe.charges.list({ payment_intent: String(payment_intent) });
    expect(charges.data).toHaveLength(1);
  });

  it('says what is wrong beside the field, and shows neither number nor CVC again', async () => {
    const session = await openSession(under.stripe);
    const fields = { ...CARD, number: '4242 4242 4242 4241', cvc: '987', expiry: '01 / 20', name: '<b>Ada' };
    const answer = await submit(String(session.url), fields);
    const page = await answer.text();

    expect(answer.status).toBe(422);
    expect(page).toContain('Your card number is invalid.');
    expect(page).toContain('expiration date is in the past.');
    expect(page).toContain('value="ada@example.com"');
    expect(page).toContain('value="&lt;b&gt;Ada"');
    expect(page).not.toContain('4242 4242 4242 4241');
    expect(page).not.toMatch(/\b987\b/); // and not as a part of a random id
  });

  it('keeps the last four digits of the card, never its number', async () => {
    await payWithCard(await openSession(under.stripe), '5555 5555 5555 4444');
    const files = await readdir(dirname(under.stateFile));
    const kept = await Promise.all(files.map((file) => readFile(join(dirname(under.stateFile), file), 'latin1')));

    expect(kept.join()).toContain('"last4":"4444"');
    expect(kept.join()).not.toMatch(/5555 ?5555/);
  });

  it('lets the form end at the shop, and load nothing from anywhere else', async () => {
    const { headers } = await fetch(String((await openSession(under.stripe)).url));

    expect(headers.get('content-security-policy')).toContain("form-action 'self' http://shop.test");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('has a receipt', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session);
    const { payment_intent } = await under.stripe.checkout.sessions.retrieve(session.id);
    const { data } = await under.stripe.charges.list({ payment_intent: String(payment_intent) });

    expect(await see(String(data[0]?.receipt_url))).toContain('$19.99');
  });

  it('says so when there is nothing left to pay, or nothing there', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session);

    expect(await see(String(session.url))).toContain('nothing left to pay');
    expect((await fetch(`${under.sandbox.url}/c/pay/cs_test_unknown`)).status).toBe(404);
  });
});
