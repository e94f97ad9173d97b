import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the catalog', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const product = (id?: string) => under.stripe.products.create({ name: 'Demo Product', ...(id && { id }) });

  it('keeps a product under the id it was given, once', async () => {
    expect(await product('demo')).toMatchObject({ id: 'demo', name: 'Demo Product', active: true, livemode: false });
    await expect(product('demo')).rejects.toMatchObject({ statusCode: 400, code: 'resource_already_exists' });
  });

  it('changes what is said of a product and leaves the rest', async () => {
    const { id } = await under.stripe.products.create({ name: 'Before', description: 'Kept', metadata: { a: '1' } });
    const after = await under.stripe.products.update(id, { name: 'After', metadata: { b: '2' } });

    expect(after).toMatchObject({ name: 'After', description: 'Kept', metadata: { a: '1', b: '2' } });
    const { data } = await under.receiver.event('product.updated', id);
    expect(data.previous_attributes).toMatchObject({ name: 'Before', metadata: { b: null } });
    expect(await under.stripe.products.update(id, { description: '' })).toMatchObject({ description: null });
  });

  it('pages through products, newest first, in both directions', async () => {
    const ids = (await Promise.all([product(), product(), product()])).map(({ id }) => id);
    const newestFirst = await under.stripe.products.list({ ids });
    const [first, second, third] = newestFirst.data.map(({ id }) => id);

    const page = await under.stripe.products.list({ ids, limit: 2 });
    expect([page.data.map(({ id }) => id), page.has_more]).toEqual([[first, second], true]);
    const rest = await under.stripe.products.list({ ids, starting_after: second });
    expect([rest.data.map(({ id }) => id), rest.has_more]).toEqual([[third], false]);
    const back = await under.stripe.products.list({ ids, ending_before: third, limit: 1 });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([[second], true]);
    expect(await under.stripe.products.list({ ids, limit: 1 }).autoPagingToArray({ limit: 10 })).toHaveLength(3);
  });

  it('finds a price by its lookup key, with its product', async () => {
    const { id } = await product();
    await under.stripe.prices.create({ product: id, currency: 'USD', unit_amount: 1999, lookup_key: 'found' });
    const { data } = await under.stripe.prices.list({ lookup_keys: ['found', 'other'], expand: ['data.product'] });

    expect(data).toMatchObject([{ unit_amount: 1999, currency: 'usd', product: { id, name: 'Demo Product' } }]);
    expect(String(data[0]?.unit_amount_decimal)).toBe('1999');
  });

  it('keeps what a price is in other currencies, and shows it where that is asked for [M1]', async () => {
    const made = await under.stripe.prices.create({
      product: (await product()).id,
      currency: 'usd',
      unit_amount: 1999,
      lookup_key: 'everywhere',
      currency_options: { eur: { unit_amount: 1849, tax_behavior: 'inclusive' }, jpy: { unit_amount: 2900 } },
    });
    expect(made).not.toHaveProperty('currency_options');

    const option = { custom_unit_amount: null, tax_behavior: 'unspecified' };
    const all = {
      usd: { ...option, unit_amount: 1999, unit_amount_decimal: '1999' },
      eur: { ...option, unit_amount: 1849, unit_amount_decimal: '1849', tax_behavior: 'inclusive' },
      jpy: { ...option, unit_amount: 2900, unit_amount_decimal: '2900' },
    };
    const asSent = (shown: object | undefined) => JSON.parse(JSON.stringify(shown)) as object;
    const one = await under.stripe.prices.retrieve(made.id, { expand: ['currency_options'] });
    expect(asSent(one.currency_options)).toEqual(all);
    const list = { lookup_keys: ['everywhere'], expand: ['data.currency_options'] };
    expect(asSent((await under.stripe.prices.list(list)).data[0]?.currency_options)).toEqual(all);
    expect((await under.stripe.prices.list({ lookup_keys: ['everywhere'] })).data).toEqual([made]);
  });

  it('has its own currency among those of a price that was made in no other', async () => {
    const price = { currency: 'usd', unit_amount: 100, product_data: { name: 'Inline' }, expand: ['currency_options'] };
    const { currency_options: options } = await under.stripe.prices.create(price);
    expect(options).toMatchObject({ usd: { unit_amount: 100 } });
  });

  it.each<[string, string, object]>([
    ['no currency', 'currency_options[xxy]', { xxy: { unit_amount: 1 } }],
    ['a currency in upper case', 'currency_options[EUR]', { EUR: { unit_amount: 1 } }],
    ["the price's own currency", 'currency_options[usd]', { usd: { unit_amount: 1 } }],
    ['no amount', 'currency_options[eur][unit_amount]', { eur: { tax_behavior: 'inclusive' } }],
    ['no whole amount', 'currency_options[eur][unit_amount]', { eur: { unit_amount: 18.49 } }],
    ['an unknown member', 'currency_options[eur][colour]', { eur: { unit_amount: 1, colour: 'red' } }],
  ])('makes no price where another currency is %s', async (_, param, options) => {
    const price = { currency: 'usd', unit_amount: 100, product_data: { name: 'Inline' } };
    const making = under.stripe.prices.create({ ...price, currency_options: options as never });
    await expect(making).rejects.toMatchObject({ statusCode: 400, param });
  });

  it('moves a lookup key only where that is asked for', async () => {
    const price = { currency: 'usd', unit_amount: 100, lookup_key: 'moving', product: (await product()).id };
    const old = await under.stripe.prices.create(price);

    await expect(under.stripe.prices.create(price)).rejects.toMatchObject({ statusCode: 400, param: 'lookup_key' });
    const taker = await under.stripe.prices.create({ ...price, unit_amount: 200, transfer_lookup_key: true });
    expect(taker.lookup_key).toBe('moving');
    expect((await under.stripe.prices.retrieve(old.id)).lookup_key).toBeNull();
  });

  it('archives a price, which then cannot be bought', async () => {
    const { id } = await under.stripe.prices.create({
      currency: 'usd',
      unit_amount: 100,
      product_data: { name: 'Inline' },
    });
    expect(await under.stripe.prices.update(id, { active: false })).toMatchObject({ active: false });
    expect((await under.stripe.prices.list({ active: false })).data).toMatchObject([{ id }]);
    const buying = under.stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price: id, quantity: 1 }],
      success_url: 'http://shop.test/success',
    });
    await expect(buying).rejects.toMatchObject({ statusCode: 400, param: 'line_items[0][price]' });
  });
});
