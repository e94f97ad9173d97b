import type Stripe from 'stripe';
import { BilledCustomer } from './support/billing.js';
import { control } from './support/control.js';
import { CARD, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the customer portal', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;
  let basic: string;
  let pro: string;
  let subscription: Stripe.Subscription;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    [basic, pro] = [await customer.price(1000), await customer.price(2000)];
    subscription = await customer.subscribe(basic);
  });

  const read = () => under.stripe.subscriptions.retrieve(subscription.id);
  const configure = async (features: Stripe.BillingPortal.ConfigurationCreateParams.Features = {}) => {
    const { product } = await under.stripe.prices.retrieve(pro);
    return under.stripe.billingPortal.configurations.create({
      business_profile: { headline: 'Ada’s shop' },
      features: {
        customer_update: { enabled: true, allowed_updates: ['email', 'address'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: {
          enabled: true,
          cancellation_reason: { enabled: true, options: ['too_expensive', 'other'] },
        },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price', 'quantity'],
          products: [{ product: String(product), prices: [basic, pro] }],
          proration_behavior: 'always_invoice',
        },
        ...features,
      },
    });
  };
  const open = (params: Partial<Stripe.BillingPortal.SessionCreateParams> = {}) =>
    under.stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'http://shop.test/account',
      ...params,
    });
  const at = (session: Stripe.BillingPortal.Session, path: string) => `${session.url}/${path}`;

  it('has configurations that are made, changed and listed', async () => {
    const made = await configure();
    expect(made).toMatchObject({
      active: true,
      is_default: false,
      features: {
        subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
        subscription_update: { proration_behavior: 'always_invoice', trial_update_behavior: 'end_trial' },
      },
    });
    const changed = await under.stripe.billingPortal.configurations.update(made.id, {
      active: false,
      features: { invoice_history: { enabled: false } },
    });
    expect(changed).toMatchObject({ active: false, features: { invoice_history: { enabled: false } } });
    expect(changed.features.subscription_cancel.enabled).toBe(true);
    const { data } = await under.stripe.billingPortal.configurations.list({ active: true });
    expect(data.map(({ id }) => id)).not.toContain(made.id);
    await expect(open({ configuration: made.id })).rejects.toThrow('inactive');
    await under.receiver.event('billing_portal.configuration.updated', made.id);
  });

  it('shows subscriptions with the next date and amount, methods and invoices', async () => {
    const session = await open();
    expect(session).toMatchObject({ object: 'billing_portal.session', flow: null, customer: customer.id });
    const page = await see(session.url);
    expect(page).toContain('Renews on July 1, 2027 for $10.00');
    expect(page).toContain('Visa •••• 4242');
    expect(page).toContain('June 1, 2027');
    expect(page).toContain('href="http://shop.test/account"');
  });

  it('cancels at the period’s end with a reason, by cancel_at alone, and takes it back', async () => {
    const session = await open({ configuration: (await configure()).id });
    expect(await see(at(session, `subscriptions/${subscription.id}/cancel`))).toContain('until <strong>July 1, 2027');
    const answer = await submit(at(session, `subscriptions/${subscription.id}/cancel`), {
      feedback: 'too_expensive',
      comment: 'Sorry',
    });
    expect(answer.headers.get('location')).toBe(`/p/session/${session.id}/home`);
    expect(await read()).toMatchObject({
      status: 'active',
      cancel_at: subscription.items.data[0]?.current_period_end,
      cancel_at_period_end: false,
      cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'Sorry' },
    });
    expect(await see(at(session, 'home'))).toContain('Ends on July 1, 2027');
    await submit(at(session, `subscriptions/${subscription.id}/undo`), {});
    expect(await read()).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null });
    expect((await customer.invoices()).length).toBe(1);
  });

  it('changes the plan, and charges what it showed', async () => {
    const session = await open({ configuration: (await configure()).id });
    await customer.moveTo('2027-06-16 00:00:00');
    expect(await see(at(session, `subscriptions/${subscription.id}/update`))).toContain('$20.00 per month');
    const query = new URLSearchParams({ price: pro, quantity: '1' });
    const confirm = await see(at(session, `subscriptions/${subscription.id}/confirm?${query}`));
    expect(confirm).toContain('<dt>Due today</dt><dd class="amount">$5.00</dd>');
    expect(confirm).toContain('$20.00 on July 1, 2027');
    expect((await read()).items.data[0]?.price.id).toBe(basic);
    await submit(at(session, `subscriptions/${subscription.id}/confirm`), { price: pro, quantity: '1' });
    expect((await read()).items.data[0]?.price.id).toBe(pro);
    expect((await customer.invoices())[1]).toMatchObject({ amount_paid: 500, status: 'paid' });
  });

  it('changes nothing where the change cannot be paid', async () => {
    await customer.useCard('pm_card_chargeCustomerFail');
    const session = await open({ configuration: (await configure()).id });
    await customer.moveTo('2027-06-16 00:00:00');
    const answer = await submit(at(session, `subscriptions/${subscription.id}/confirm`), { price: pro, quantity: '1' });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('Your card was declined.');
    expect((await read()).items.data[0]?.price.id).toBe(basic);
  });

  it('saves a card, after 3D Secure where it asks for it, and makes it the default', async () => {
    const session = await open({
      flow_data: {
        type: 'payment_method_update',
        after_completion: { type: 'redirect', redirect: { return_url: 'http://shop.test/saved' } },
      },
    });
    const form = at(session, 'payment-methods/new');
    expect(await see(session.url)).toContain('Card number');
    expect((await submit(form, { ...CARD, number: '1234' })).status).toBe(422);
    expect((await submit(form, { ...CARD, number: '4000 0000 0000 0002' })).status).toBe(402);
    const asked = await submit(form, { ...CARD, number: '4000 0025 0000 3155' });
    const back = await submit(`${under.sandbox.url}${asked.headers.get('location')}`, { outcome: 'complete' });
    const end = await fetch(String(back.headers.get('location')), { redirect: 'manual' });
    expect(end.headers.get('location')).toBe('http://shop.test/saved');
    const { invoice_settings } = (await under.stripe.customers.retrieve(customer.id)) as Stripe.Customer;
    const method = await under.stripe.paymentMethods.retrieve(String(invoice_settings.default_payment_method));
    expect(method.card?.last4).toBe('3155');
  });

  it('leaves a subscription its own card where the default changes, and lets it be changed', async () => {
    const { id: own } = await under.stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
    await under.stripe.subscriptions.update(subscription.id, { default_payment_method: own });
    const session = await open();
    await submit(at(session, 'payment-methods/new'), { ...CARD, number: '4000 0566 5566 5556' });
    const { invoice_settings } = (await under.stripe.customers.retrieve(customer.id)) as Stripe.Customer;
    const added = String(invoice_settings.default_payment_method);
    expect((await read()).default_payment_method).toBe(own);
    expect(await see(at(session, 'home'))).toContain('Paid by Mastercard •••• 4444');

    const form = at(session, `subscriptions/${subscription.id}/payment-method`);
    expect(await see(form)).toMatch(/Visa •••• 5556[^]*Mastercard •••• 4444<\/span> <span class="pill info">Current/);
    const foreign = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    expect((await submit(form, { method: await foreign.useCard('pm_card_visa') })).status).toBe(409);
    expect((await submit(form, {})).status).toBe(409);
    expect((await read()).default_payment_method).toBe(own);
    expect((await submit(form, { method: added })).headers.get('location')).toBe(`/p/session/${session.id}/home`);
    expect((await read()).default_payment_method).toBe(added);
    const { data } = await under.receiver.event('customer.subscription.updated', added);
    expect(data.previous_attributes).toEqual({ default_payment_method: own });
  });

  it('leaves a subscription the only card that it can be charged by', async () => {
    const ofCheckout = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'none');
    const { id: own } = await under.stripe.paymentMethods.attach('pm_card_mastercard', { customer: ofCheckout.id });
    await ofCheckout.subscribe(basic, { default_payment_method: own });
    const session = await open({ customer: ofCheckout.id });
    const remove = () => submit(at(session, `payment-methods/${own}/remove`), {});
    const refused = await remove();
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('Add another first')]);
    await submit(at(session, 'payment-methods/new'), { ...CARD, number: '4000 0566 5566 5556' });
    expect((await remove()).status).toBe(303);
    expect((await under.stripe.paymentMethods.retrieve(own)).customer).toBeNull();
  });

  it('names no card of a subscription that was removed', async () => {
    const { id: own } = await under.stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
    await under.stripe.subscriptions.update(subscription.id, { default_payment_method: own });
    const session = await open();
    await submit(at(session, `payment-methods/${own}/remove`), {});
    expect((await under.stripe.paymentMethods.retrieve(own)).customer).toBeNull();
    expect(await see(at(session, 'home'))).not.toMatch(/Paid by|4444/);
  });

  it('goes straight to what a flow is for, and confirms it', async () => {
    const [item] = subscription.items.data;
    const session = await open({
      configuration: (await configure()).id,
      flow_data: {
        type: 'subscription_update_confirm',
        subscription_update_confirm: {
          subscription: subscription.id,
          items: [{ id: String(item?.id), price: pro, quantity: 2 }],
        },
        after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'Enjoy Pro' } },
      },
    });
    const page = await see(session.url);
    expect(page).toContain('2 × ');
    await submit(at(session, `subscriptions/${subscription.id}/confirm`), { price: pro, quantity: '2' });
    expect(await see(at(session, 'done'))).toContain('Enjoy Pro');
    expect((await read()).items.data[0]).toMatchObject({ quantity: 2, price: { id: pro } });
  });

  it('lets a cheaper plan begin at the end of the period, where the configuration says so', async () => {
    const { product } = await under.stripe.prices.retrieve(pro);
    const cheap = await customer.price(500);
    const { id: configuration } = await configure({
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        products: [{ product: String(product), prices: [basic, cheap] }],
        proration_behavior: 'always_invoice',
        schedule_at_period_end: { conditions: [{ type: 'decreasing_item_amount' }] },
      },
    });
    const session = await open({ configuration });
    await submit(at(session, `subscriptions/${subscription.id}/confirm`), { price: cheap, quantity: '1' });
    expect((await read()).items.data[0]?.price.id).toBe(basic);
    expect(await see(at(session, 'home'))).toContain('Changes to $5.00 per month on July 1, 2027');
    await customer.moveTo('2027-07-01 01:00:00');
    expect((await read()).items.data[0]?.price.id).toBe(cheap);
    expect((await customer.invoices())[1]).toMatchObject({ amount_paid: 500, billing_reason: 'subscription_cycle' });
  });

  it('is where Checkout leads a customer who may have one subscription only', async () => {
    const settings = (one_subscription: boolean) => control(under.sandbox).post('/settings', { one_subscription });
    await settings(true);
    const session = await under.stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: pro, quantity: 1 }],
      success_url: 'http://shop.test/done',
    });
    const answer = await fetch(String(session.url), { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('/p/session/bps_');
    await settings(false);
    expect((await fetch(String(session.url), { redirect: 'manual' })).status).toBe(200);
  });

  it('changes the customer’s details', async () => {
    const session = await open({ configuration: (await configure()).id, flow_data: { type: 'customer_update' } });
    expect(await see(session.url)).toContain('value="ada@example.com"');
    expect((await submit(at(session, 'details'), { email: 'nothing' })).status).toBe(422);
    await submit(at(session, 'details'), { email: 'ada@shop.test', line1: 'Main Street 1', country: 'US' });
    expect(await under.stripe.customers.retrieve(customer.id)).toMatchObject({
      email: 'ada@shop.test',
      address: { line1: 'Main Street 1', country: 'US', city: null },
    });
  });

  it('refuses flows whose feature is off, and subscriptions of others', async () => {
    await expect(
      open({ flow_data: { type: 'subscription_update', subscription_update: { subscription: subscription.id } } }),
    ).rejects.toThrow('subscription_update feature');
    const other = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await other.subscribe(1000);
    await expect(
      open({ flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription: id } } }),
    ).rejects.toThrow('No such subscription');
    const session = await open();
    const answer = await submit(at(session, `subscriptions/${id}/cancel`), {});
    expect(answer.status).toBe(409);
    expect((await under.stripe.subscriptions.retrieve(id)).cancel_at).toBeNull();
  });

  it('pauses for a while that the customer chooses, and resumes by itself or at once', async () => {
    const { id: configuration } = await configure({
      subscription_pause: {
        enabled: true,
        duration: { type: 'interval_options', interval_options: [{ interval: 'week', interval_count: 2 }] },
      },
    });
    const session = await open({
      configuration,
      flow_data: { type: 'subscription_pause', subscription_pause: { subscription: subscription.id } },
    });
    const first = await fetch(session.url);
    expect(first.url).toBe(at(session, `subscriptions/${subscription.id}/pause`));
    expect(await first.text()).toContain('2 weeks');
    await submit(first.url, { duration: '7' });
    expect((await read()).status).toBe('active');
    await submit(first.url, { duration: '0' });
    expect((await read()).status).toBe('paused');
    expect(await see(at(session, 'home'))).toContain('Resume plan');
    await customer.moveTo('2027-06-14 23:00:00');
    expect((await read()).status).toBe('paused');
    await customer.moveTo('2027-06-15 01:00:00');
    expect((await read()).status).toBe('active');
    // The unused month is credited: the new one costs nothing more.
    expect((await customer.invoices())[1]).toMatchObject({ status: 'paid', total: 0 });

    await submit(first.url, { duration: '0' });
    expect((await read()).status).toBe('paused');
    await submit(at(session, `subscriptions/${subscription.id}/resume`), {});
    expect((await read()).status).toBe('active');
    await customer.moveTo('2027-07-01 00:00:00');
    expect((await read()).status).toBe('active');
  });

  it('refuses to pause where that is switched off, or what cannot be paused', async () => {
    const flow_data = { type: 'subscription_pause', subscription_pause: { subscription: subscription.id } } as const;
    const off = await configure();
    await expect(open({ configuration: off.id, flow_data })).rejects.toThrow('disabled');
    const { id: configuration } = await configure({ subscription_pause: { enabled: true } });
    const session = await open({ configuration, flow_data });
    await under.stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const answer = await submit(at(session, `subscriptions/${subscription.id}/pause`), {});
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('has a schedule');
  });
});
