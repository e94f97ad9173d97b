import { PlainStripe } from './support/plain-stripe.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const CARD = { number: '4242424242424242', exp_month: '12', exp_year: '2040', cvc: '123' };

describe('older words of the API', () => {
  let under: SandboxUnderTest;
  let older: PlainStripe;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    older = new PlainStripe(under.sandbox.port, '2020-08-27');
  });
  afterAll(() => under.stop());

  it('a token is a card of a customer, once, and can be charged', async () => {
    const { body: token } = await older.post('tokens', { card: CARD });
    expect(token).toMatchObject({ object: 'token', card: { brand: 'Visa', last4: '4242' }, used: false });
    const { body: customer } = await older.post('customers', { source: String(token['id']) });
    expect(customer).toMatchObject({ default_source: (token['card'] as { id: string }).id });
    expect((await older.post('customers', { source: String(token['id']) })).body).toMatchObject({
      error: { code: 'token_already_used' },
    });

    const charge = await older.post('charges', { amount: '500', currency: 'usd', customer: String(customer['id']) });
    expect(charge.body).toMatchObject({
      captured: true,
      payment_intent: null,
      source: { object: 'card', customer: customer['id'] },
      status: 'succeeded',
    });
    const refund = await older.post(`charges/${String(charge.body['id'])}/refunds`, { amount: '200' });
    expect(refund.body).toMatchObject({ amount: 200, status: 'succeeded' });
    await under.receiver.event('customer.source.created', String(customer['default_source']));
  });

  it('cards of a customer are listed, changed and deleted', async () => {
    const { id } = await under.stripe.customers.create({ source: 'tok_visa' });
    const second = await under.stripe.customers.createSource(id, { source: 'tok_mastercard' });
    expect(second).toMatchObject({ object: 'card', brand: 'MasterCard' });
    expect((await under.stripe.customers.listSources(id)).data).toHaveLength(2);
    await under.stripe.customers.updateSource(id, second.id, { name: 'Ada' });
    expect(await under.stripe.customers.retrieveSource(id, second.id)).toMatchObject({ name: 'Ada' });
    await under.stripe.customers.update(id, { default_source: second.id });
    await under.stripe.customers.deleteSource(id, second.id);
    const left = await under.stripe.customers.retrieve(id, { expand: ['default_source', 'sources'] });
    expect(left).toMatchObject({ default_source: { object: 'card', brand: 'Visa' }, sources: { total_count: 1 } });
    await expect(under.stripe.customers.createSource(id, { source: 'tok_chargeDeclined' })).rejects.toMatchObject({
      statusCode: 402,
    });
  });

  it('a charge that is declined is kept, and one that is not captured can be captured', async () => {
    const params = { amount: 500, currency: 'usd' };
    const declined = under.stripe.charges.create({ ...params, source: 'tok_chargeDeclined' });
    await expect(declined).rejects.toMatchObject({ code: 'card_declined', statusCode: 402 });
    const { data } = await under.receiver.event('charge.failed');
    expect(await under.stripe.charges.retrieve(data.object.id)).toMatchObject({ status: 'failed' });

    const { id } = await under.stripe.charges.create({ ...params, capture: false, source: 'tok_visa' });
    expect(await under.stripe.charges.capture(id, { amount: 300 })).toMatchObject({
      amount_captured: 300,
      captured: true,
    });
  });

  it('a plan is a recurring price', async () => {
    const plan = await under.stripe.plans.create({
      amount: 900,
      currency: 'usd',
      id: 'small-monthly',
      interval: 'month',
      product: { name: 'Small' },
    });
    expect(plan).toMatchObject({ id: 'small-monthly', object: 'plan', amount: 900, interval_count: 1 });
    expect(await under.stripe.prices.retrieve('small-monthly')).toMatchObject({ unit_amount: 900, type: 'recurring' });
    expect((await under.stripe.plans.list()).data).toMatchObject([{ id: 'small-monthly' }]);
    expect(await under.stripe.plans.update('small-monthly', { nickname: 'S' })).toMatchObject({ nickname: 'S' });
    await under.stripe.plans.del('small-monthly');
    await expect(under.stripe.plans.retrieve('small-monthly')).rejects.toMatchObject({
      param: 'plan',
      statusCode: 404,
    });
  });

  it('a Payment Intent has its charges, and a product its attributes', async () => {
    const paid = { amount: '500', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa' };
    const { body } = await older.post('payment_intents', paid);
    expect(body).toMatchObject({ charges: { data: [{ payment_intent: body['id'] }], total_count: 1 } });
    expect((await older.post('products', { name: 'A' })).body).toMatchObject({ attributes: [], type: 'service' });
  });

  it('takes True for true, also in a search', async () => {
    const { body } = await older.post('products', { name: 'Pythonic', active: 'True' });
    expect(body).toMatchObject({ active: true });
    const found = await older.get('products/search', { query: "active:'True' AND name:'Pythonic'" });
    expect(found.body).toMatchObject({ data: [{ id: body['id'] }] });
  });

  it('the upcoming invoice is retrieved, with a change that is only looked at; and was removed since', async () => {
    const { body: plan } = await older.post('plans', {
      amount: '2000',
      currency: 'usd',
      interval: 'month',
      product: { name: 'Pro' },
    });
    const { body: customer } = await older.post('customers', { source: 'tok_visa' });
    const who = { customer: String(customer['id']) };
    const { body } = await older.post('subscriptions', { ...who, items: [{ plan: String(plan['id']) }] });
    const { data } = body['items'] as { data: Array<{ id: string }> };

    const upcoming = await older.get('invoices/upcoming', who);
    expect(upcoming).toMatchObject({ status: 200, body: { object: 'invoice', amount_due: 2000, status: 'draft' } });
    expect(upcoming.body).not.toHaveProperty('id');
    const change = {
      subscription_items: [{ id: String(data[0]?.id), quantity: '3' }],
      subscription_proration_behavior: 'none',
    };
    const changed = { ...change, subscription: String(body['id']) };
    expect((await older.get('invoices/upcoming', { ...who, ...changed })).body).toMatchObject({ amount_due: 6000 });
    expect((await older.get('invoices/upcoming/lines', who)).body).toMatchObject({ data: [{ amount: 2000 }] });
    expect((await older.get(`subscriptions/${String(body['id'])}`)).body).toMatchObject({ quantity: 1 });

    expect((await older.get('invoices/upcoming')).body).toMatchObject({ error: { type: 'invalid_request_error' } });
    const newer = new PlainStripe(under.sandbox.port, '2025-03-31.basil');
    expect(await newer.get('invoices/upcoming', who)).toMatchObject({ status: 404 });
  });
});
