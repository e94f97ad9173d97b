import Stripe from 'stripe';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('an idempotency key', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const create = (name: string, idempotencyKey: string, id?: string) =>
    under.stripe.products.create({ name, ...(id && { id }) }, { idempotencyKey });

  it('gives the first answer again, and makes nothing twice', async () => {
    const first = await create('A', 'again');
    const second = await create('A', 'again');

    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    const created = await under.stripe.events.list({ type: 'product.created' });
    expect(created.data.filter(({ request }) => request?.idempotency_key === 'again')).toHaveLength(1);
  });

  it('is refused with other parameters, or for something else', async () => {
    await create('A', 'taken');

    await expect(create('B', 'taken')).rejects.toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
    const elsewhere = under.stripe.prices.create(
      { currency: 'usd', unit_amount: 1, product_data: { name: 'A' } },
      { idempotencyKey: 'taken' },
    );
    await expect(elsewhere).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  });

  it('keeps a refusal of the execution, but not one of the parameters', async () => {
    await create('A', 'original', 'once');
    const refused = await create('A', 'kept', 'once').catch((error: unknown) => error as Stripe.errors.StripeError);
    const again = await create('A', 'kept', 'once').catch((error: unknown) => error as Stripe.errors.StripeError);
    expect(again).toMatchObject({ code: 'resource_already_exists', headers: { 'idempotent-replayed': 'true' } });
    expect(refused).toMatchObject({ code: 'resource_already_exists' });

    await expect(create('', 'free')).rejects.toMatchObject({ statusCode: 400 });
    expect(await create('A', 'free')).toMatchObject({ name: 'A' });
  });

  it('keeps a refusal without what was done before it', async () => {
    const sticker = { currency: 'usd', unit_amount: 100, product_data: { name: 'Sticker' } };
    const order = {
      mode: 'payment' as const,
      success_url: 'http://shop.test/success',
      line_items: [
        { price_data: sticker, quantity: 1 },
        { price: 'price_unknown', quantity: 1 },
      ],
    };
    const asked = under.stripe.checkout.sessions.create(order, { idempotencyKey: 'half' });

    await expect(asked).rejects.toMatchObject({ code: 'resource_missing', param: 'line_items[1][price]' });
    expect(await under.stripe.events.list({ type: 'price.created' })).toMatchObject({ data: [] });
    expect((await under.stripe.products.list()).data.map(({ name }) => name)).not.toContain('Sticker');
  });

  it('makes one thing when it comes twice at once', async () => {
    const answers = await Promise.allSettled([create('A', 'race'), create('A', 'race')]);
    const ids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));

    expect(new Set(ids).size).toBe(1);
    for (const refusal of refusals) expect(refusal).toMatchObject({ statusCode: 409 });
  });
});
