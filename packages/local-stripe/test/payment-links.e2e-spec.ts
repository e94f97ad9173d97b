import { CARD, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a payment link', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const link = async (more: { redirect?: string; manual?: boolean } = {}) => {
    const { redirect, manual } = more;
    const { id: price } = await under.stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Sticker' },
      unit_amount: 50,
    });
    return under.stripe.paymentLinks.create({
      line_items: [{ price, quantity: 1 }],
      metadata: { campaign: 'autumn' },
      ...(redirect !== undefined && { after_completion: { type: 'redirect', redirect: { url: redirect } } }),
      ...(manual && { payment_intent_data: { capture_method: 'manual' } }),
    });
  };
  /** The page that a visitor of the address gets to. */
  const visit = async (url: string): Promise<string> => {
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    return new URL(String(answer.headers.get('location')), url).href;
  };
  const sessionOf = (page: string) => under.stripe.checkout.sessions.retrieve(page.split('/').at(-1) ?? '');

  it('is paid with whatever reference the buyer wrote into its address [M1]', async () => {
    const { id, url } = await link();
    const page = await visit(`${url}?client_reference_id=someone-elses_payment&prefilled_email=eve@example.com`);
    expect(await see(page)).toContain('value="eve@example.com"');
    const answer = await submit(page, CARD);
    expect(answer.headers.get('location')).toMatch(/^\/c\/pay\/cs_test_/);

    const { data } = await under.receiver.event('checkout.session.completed', id);
    expect(data.object).toMatchObject({
      amount_total: 50,
      client_reference_id: 'someone-elses_payment',
      metadata: { campaign: 'autumn' },
      mode: 'payment',
      payment_link: id,
      payment_status: 'paid',
      success_url: null,
    });
    expect(await see(page)).toContain('nothing left to pay');
  });

  it('makes a session for every visit, and leads to its own page afterwards [M1]', async () => {
    const { url } = await link({ redirect: 'http://shop.test/thanks?sid={CHECKOUT_SESSION_ID}' });
    const [first, second] = [await visit(url), await visit(`${url}?client_reference_id=not%20one%21`)];
    expect(first).not.toBe(second);

    const { id } = await sessionOf(second);
    const answer = await submit(second, CARD);
    expect(answer.headers.get('location')).toBe(`http://shop.test/thanks?sid=${id}`);
    expect(await sessionOf(second)).toMatchObject({ client_reference_id: null, payment_status: 'paid' });
    expect(await sessionOf(first)).toMatchObject({ status: 'open' });
  });

  it('can reserve the money only, and shows its items to who asks for them', async () => {
    const { id, url } = await link({ manual: true });
    const page = await visit(url);
    await submit(page, CARD);

    expect(await sessionOf(page)).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const { line_items } = await under.stripe.paymentLinks.retrieve(id, { expand: ['line_items'] });
    expect(line_items?.data).toMatchObject([{ description: 'Sticker', amount_total: 50 }]);
  });

  it('is no page once it is switched off, nor when there is none', async () => {
    const { id, url } = await link();
    const off = await under.stripe.paymentLinks.update(id, { active: false, metadata: { why: 'sold out' } });
    expect(off).toMatchObject({ active: false, metadata: { campaign: 'autumn', why: 'sold out' } });

    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${under.sandbox.url}/b/plink_none`)).status).toBe(404);
    expect((await under.stripe.paymentLinks.list({ active: false })).data.map((each) => each.id)).toEqual([id]);
  });

  it('with a recurring price makes a subscription of each visit that pays', async () => {
    const product = await under.stripe.products.create({ name: 'Club' });
    const price = await under.stripe.prices.create({
      currency: 'usd',
      product: product.id,
      unit_amount: 1500,
      recurring: { interval: 'month' },
    });
    const { id, url } = await under.stripe.paymentLinks.create({
      allow_promotion_codes: true,
      line_items: [{ price: price.id, quantity: 2 }],
      subscription_data: { metadata: { club: 'one' } },
    });
    const page = await visit(url);
    expect(await sessionOf(page)).toMatchObject({ mode: 'subscription', amount_total: 3000, payment_link: id });
    await submit(page, CARD);
    const { subscription } = await sessionOf(page);
    const made = await under.stripe.subscriptions.retrieve(String(subscription));
    expect(made).toMatchObject({ status: 'active', metadata: { club: 'one' } });
    await expect(
      under.stripe.paymentLinks.create({
        line_items: [{ price: price.id, quantity: 1 }],
        payment_intent_data: { capture_method: 'manual' },
      }),
    ).rejects.toMatchObject({ param: 'payment_intent_data' });
  });
});
