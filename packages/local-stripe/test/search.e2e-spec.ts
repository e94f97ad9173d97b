import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('search', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    const { stripe } = under;
    await stripe.products.create({ name: 'Red Shirt', active: false, metadata: { order: '7', 'a "b"': 'c' } });
    await stripe.products.create({ name: 'Blue shirt', description: '100% cotton', url: 'https://shop.test/blue' });
    const { id: product } = await stripe.products.create({ name: 'Sticker', metadata: { order: '8' } });
    await stripe.prices.create({ product, currency: 'usd', unit_amount: 100, lookup_key: 'sticker' });
    await stripe.prices.create({ product, currency: 'eur', unit_amount: 90, recurring: { interval: 'month' } });
    await stripe.customers.create({ email: 'Ada@Example.com', name: 'Ada' });
    await stripe.customers.create({ name: 'Eve' });
    for (const amount of [500, 1500, 2500]) {
      await stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_visa',
        return_url: 'http://shop.test/',
      });
    }
    await stripe.paymentIntents.create({ amount: 500, currency: 'jpy' });
  });
  afterAll(() => under.stop());

  const products = async (query: string): Promise<string[]> =>
    (await under.stripe.products.search({ query })).data.map(({ name }) => name).toSorted();
  const intents = async (query: string): Promise<number[]> =>
    (await under.stripe.paymentIntents.search({ query })).data.map(({ amount }) => amount);

  it.each([
    ['name~"SHIRT"', ['Blue shirt', 'Red Shirt']],
    ['name:"blue SHIRT"', ['Blue shirt']],
    ['name:"shirt"', []],
    ['active:"true" AND name~"shirt"', ['Blue shirt']],
    ["active:'false'", ['Red Shirt']],
    ['metadata["order"]:"7"', ['Red Shirt']],
    ['metadata["order"]:"7" OR metadata["order"]:"8"', ['Red Shirt', 'Sticker']],
    ['metadata["order"]:null', ['Blue shirt']],
    ['-metadata["order"]:null', ['Red Shirt', 'Sticker']],
    ['-metadata["order"]:"7"', ['Blue shirt', 'Sticker']],
    [String.raw`metadata["a \"b\""]:"c"`, ['Red Shirt']],
    ['description~"100%"', ['Blue shirt']],
    ['description~"10_%"', []],
    ['url:"https://shop.test/blue"', ['Blue shirt']],
  ])('finds products by %s', async (query, names) => expect(await products(query)).toEqual(names));

  it.each([
    ['amount>500 AND currency:"usd"', [2500, 1500]],
    ['amount<=1500 status:"succeeded"', [1500, 500]],
    ['-status:"succeeded"', [500]],
    ['amount:2500', [2500]],
    ['created>1 amount>=2500', [2500]],
  ])('finds Payment Intents by %s', async (query, amounts) => expect(await intents(query)).toEqual(amounts));

  it('finds prices, customers and charges', async () => {
    const { stripe } = under;
    const found = (await stripe.prices.search({ query: 'type:"recurring" AND active:"true"' })).data;
    expect(found).toMatchObject([{ currency: 'eur', recurring: { interval: 'month', interval_count: 1 } }]);
    expect(
      (await stripe.prices.search({ query: 'lookup_key:"sticker"', expand: ['data.product'] })).data,
    ).toMatchObject([{ product: { name: 'Sticker' } }]);
    expect((await stripe.customers.search({ query: 'email:"ada@example.com"' })).data).toMatchObject([{ name: 'Ada' }]);
    const visa = 'payment_method_details.card.last4:4242 AND refunded:"false"';
    expect((await stripe.charges.search({ query: visa })).data).toHaveLength(3);
  });

  it('goes from page to page', async () => {
    const first = await under.stripe.paymentIntents.search({ query: 'currency:"usd"', limit: 2 });
    expect(first).toMatchObject({ object: 'search_result', has_more: true, url: '/v1/payment_intents/search' });
    const page = String(first.next_page);
    const second = await under.stripe.paymentIntents.search({ query: 'currency:"usd"', limit: 2, page });

    expect(second).toMatchObject({ has_more: false, next_page: null, data: [{ amount: 500 }] });
    const all = under.stripe.paymentIntents.search({ query: 'currency:"usd"', limit: 1 });
    expect(await all.autoPagingToArray({ limit: 10 })).toHaveLength(3);
    const wrong = under.stripe.paymentIntents.search({ query: 'currency:"usd"', page: 'x' });
    await expect(wrong).rejects.toMatchObject({ param: 'page' });
  });

  it.each([
    'colour:"red"',
    'name>"a"',
    'active~"tru"',
    'name~"sh"',
    'active:"maybe"',
    'name:"a" AND name:"b" OR name:"c"',
    'name',
    'name:"a',
  ])('refuses %s, saying that it is the query', async (query) => {
    await expect(products(query)).rejects.toMatchObject({ statusCode: 400, param: 'query' });
  });
});
