import { openSession, see } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('amounts', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it.each([
    ['usd', 5, 'Pay $0.05<'],
    ['usd', 123_456_7, 'Pay $12,345.67<'],
    ['jpy', 1999, 'Pay ¥1,999<'],
    ['kwd', 1999, 'Pay KWD\u00A01.999<'],
  ])('of %s %i read %s', async (currency, unit_amount, button) => {
    const session = await openSession(under.stripe, {}, { currency, unit_amount });

    expect(await see(String(session.url))).toContain(button);
    expect(session).toMatchObject({ amount_total: unit_amount, currency });
  });

  it('are counted by quantity', async () => {
    const item = { price_data: { currency: 'usd', unit_amount: 333, product_data: { name: 'Sticker' } }, quantity: 3 };
    const session = await openSession(under.stripe, { line_items: [item] });

    expect(session.amount_total).toBe(999);
    expect(await see(String(session.url))).toContain('Qty 3 · $3.33 each');
    const { data } = await under.stripe.checkout.sessions.listLineItems(session.id);
    expect(data).toMatchObject([{ description: 'Sticker', quantity: 3, amount_total: 999 }]);
  });

  it('do not mix currencies', async () => {
    const line_items = ['usd', 'eur'].map((currency) => ({
      price_data: { currency, unit_amount: 500, product_data: { name: 'A' } },
      quantity: 1,
    }));
    await expect(openSession(under.stripe, { line_items })).rejects.toMatchObject({ statusCode: 400 });
  });
});
