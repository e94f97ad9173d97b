import type Stripe from 'stripe';

const RETURN = 'https://example.test/return';

/** How an event of each type comes about, as far as the API can bring it about at once. */
export const COURSES: Record<string, (stripe: Stripe) => Promise<unknown>> = {
  'customer.subscription.created': subscribe,
  'customer.subscription.updated': async (stripe) => {
    const { latest_invoice: invoice } = await subscribe(stripe, {
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: ['latest_invoice.payments'],
    });
    const [payment] = (invoice as Stripe.Invoice).payments?.data ?? [];
    const method = { payment_method: 'pm_card_visa', return_url: RETURN };
    return stripe.paymentIntents.confirm(String(payment?.payment.payment_intent), method);
  },
  'customer.subscription.deleted': async (stripe) => stripe.subscriptions.cancel((await subscribe(stripe)).id),
  'charge.dispute.closed': async (stripe) => {
    await pay(stripe, 'pm_card_createDisputeInquiry');
    const { data } = await stripe.disputes.list({ limit: 1 });
    return stripe.disputes.close(String(data[0]?.id));
  },
  'charge.refund.updated': async (stripe) => {
    const { id } = await stripe.refunds.create({ payment_intent: (await pay(stripe)).id });
    return stripe.refunds.update(id, { metadata: { order: '1' } });
  },
  'payment_intent.canceled': async (stripe) => {
    const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
    return stripe.paymentIntents.cancel(id);
  },
  'payment_intent.succeeded': (stripe) => pay(stripe),
  'payment_intent.payment_failed': (stripe) => pay(stripe, 'pm_card_chargeDeclined').catch(() => undefined),
  'payment_method.detached': async (stripe) => {
    const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
    const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    return stripe.paymentMethods.detach(id);
  },
  'setup_intent.succeeded': async (stripe) => {
    const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
    return setUp(stripe, customer);
  },
};

export async function billed(stripe: Stripe): Promise<string> {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada' });
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  return customer;
}

export async function subscribe(
  stripe: Stripe,
  params: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  const { id: price } = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  });
  return stripe.subscriptions.create({ customer: await billed(stripe), items: [{ price }], ...params });
}

/** A one-off invoice: item, draft, finalized, then paid. */
export async function invoiceOnce(stripe: Stripe): Promise<void> {
  const customer = await billed(stripe);
  await stripe.invoiceItems.create({ customer, amount: 1000, currency: 'usd' });
  const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  await stripe.invoices.finalizeInvoice(String(id));
  await stripe.invoices.pay(String(id));
}

export const setUp = (stripe: Stripe, customer: string): Promise<Stripe.SetupIntent> =>
  stripe.setupIntents.create({ customer, payment_method: 'pm_card_visa', confirm: true, return_url: RETURN });

const pay = (stripe: Stripe, method = 'pm_card_visa'): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    return_url: RETURN,
  });
