import { DataSource } from 'typeorm';
import { aRefund, aSubscription, anEvent, anInvoice, anInvoicePayment } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Customers } from '../../customers/customers.service.js';
import { english } from '../../http/texts/texts.js';
import { PaymentReader } from '../../payments/account/payment-reader.service.js';
import { whatWasBought } from '../../payments/account/payment.view.js';
import type { Invoice } from '../../stripe/stripe.types.js';
import { SubscriptionReader } from '../account/subscription-reader.service.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';

const SECOND = 1_795_000_000;

/** The races of invoices: each test is named after what comes in an unlucky order. */
describe('when', () => {
  let app: TestingApp;
  /** The invoice at Stripe. */
  let real: Invoice;
  let customer: string;
  beforeEach(async () => {
    app = await testingApp();
    customer = await get(Customers).ensure({ type: 'user', id: 'jenny' }, 'jenny@example.com');
    real = paid();
    app.stripeSubscriptions.findInvoice.mockImplementation(async () => real);
    app.stripeSubscriptions.findSubscription.mockImplementation(async () => aSubscription({ customer }));
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const read = () => get(SnapshotReader).readDue();
  const payments = async () => (await get(PaymentReader).list({})).payments;
  const paid = (changes: Partial<Invoice> = {}) => {
    const list = { object: 'list' as const, data: [anInvoicePayment()], has_more: false, url: '' };
    return anInvoice({ customer, payments: list, ...changes } as never);
  };
  const says = (type: 'paid' | 'updated' | 'payment_failed' | 'voided', invoice = real, created = SECOND) =>
    app.handle(anEvent(`invoice.${type}`, invoice as never, { created }) as never);
  const subscribe = () => app.handle(anEvent('customer.subscription.created', aSubscription({ customer })));

  it('"invoice.paid" comes before the subscription is known, its payment is stored with it, and no other', async () => {
    await says('paid');
    await read();
    expect(await payments()).toEqual([]);
    await subscribe();
    await read();
    const found = [{ status: 'paid', amount: 1500, priceKey: 'pro_monthly', email: 'jenny@example.com' }];
    expect(await payments()).toMatchObject(found);
    await says('paid');
    await read();
    expect(await payments()).toMatchObject(found);
  });

  it('the first invoice was voided before the subscription is known, its failed payment gives no access', async () => {
    const transitions = { ...real.status_transitions, paid_at: null, voided_at: SECOND };
    real = paid({ status: 'void', amount_paid: 0, status_transitions: transitions, payments: undefined } as never);
    await says('voided');
    await subscribe();
    await read();
    expect(await get(SubscriptionReader).details('sub_1')).toMatchObject({
      status: 'active',
      access: false,
      accessReason: expect.stringContaining('first_payment_failed'),
    });
  });

  it('a refund comes before its invoice is known, it is a refund of its payment', async () => {
    await subscribe();
    await app.handle(anEvent('refund.created', aRefund({ amount: 500 })));
    await says('paid');
    await read();
    expect(await payments()).toMatchObject([{ status: 'partially_refunded', amountRefunded: 500 }]);
  });

  it('the way to the Payment Intent is known only with "invoice_payment.paid", the payment is stored then', async () => {
    await subscribe();
    real = anInvoice({ customer });
    await says('paid');
    await read();
    expect(await payments()).toEqual([]);
    real = paid();
    await app.handle(anEvent('invoice_payment.paid', anInvoicePayment()));
    await read();
    expect(await payments()).toMatchObject([{ status: 'paid', paymentIntentId: 'pi_1' }]);
  });

  it('a payment is on its way after its invoice was read, it is read again by "payment_intent.processing"', async () => {
    const unpaid = (status: string) => {
      const payment = anInvoicePayment({
        status: 'open',
        payment: { payment_intent: { id: 'pi_1', status } } as never,
      });
      const transitions = { ...real.status_transitions, paid_at: null };
      const list = { object: 'list', data: [payment], has_more: false, url: '' };
      return anInvoice({ customer, status: 'open', status_transitions: transitions, payments: list } as never);
    };
    const statuses = async () => {
      const rows: { status: string }[] = await get(DataSource).query('SELECT status FROM invoice_payments');
      return rows.map(({ status }) => status);
    };
    await subscribe();
    real = unpaid('requires_payment_method');
    await says('updated');
    await read();
    expect(await statuses()).toEqual(['open']);
    real = unpaid('processing');
    await app.handle(anEvent('payment_intent.processing', { id: 'pi_1', customer } as never));
    await read();
    expect(await statuses()).toEqual(['processing']);
    real = unpaid('requires_payment_method'); // it failed
    await says('payment_failed');
    await read();
    expect(await statuses()).toEqual(['open']);
  });

  it('"invoice.payment_failed" comes after "invoice.paid", it is paid all the same', async () => {
    await subscribe();
    await says('paid', real, SECOND + 9);
    const transitions = { ...real.status_transitions, paid_at: null };
    await says('payment_failed', paid({ status: 'open', amount_paid: 0, status_transitions: transitions }), SECOND + 3);
    await read();
    expect(await payments()).toMatchObject([{ status: 'paid' }]);
  });

  it('a proration is paid, it is a payment and moves no period', async () => {
    await subscribe();
    await read();
    const before = (await get(SubscriptionReader).details('sub_1'))?.currentPeriodEnd;
    real = paid({ billing_reason: 'subscription_update', amount_paid: 500, total: 500 });
    await says('paid');
    await read();
    expect(await payments()).toHaveLength(1);
    expect((await get(SubscriptionReader).details('sub_1'))?.currentPeriodEnd).toEqual(before);
  });

  it('what was billed has no name in the catalog, the payment has the number of its invoice', async () => {
    real = paid({ parent: null });
    await says('paid');
    await read();
    const [payment] = await payments();
    expect(payment).toMatchObject({ description: '', invoiceNumber: 'A-0001', priceKey: 'unknown' });
    expect(whatWasBought(payment as never, english)).toBe('Invoice A-0001');
    expect(whatWasBought({ ...payment, invoiceNumber: null } as never, english)).toBe('An invoice');
    expect(whatWasBought({ ...payment, description: 'Pro' } as never, english)).toBe('Pro');
  });

  it("it is another app's invoice, it is left alone", async () => {
    const parent = {
      ...real.parent,
      subscription_details: { subscription: 'sub_9', metadata: { app_name: 'Another' } },
    };
    await says('paid', paid({ parent } as never));
    expect(app.stripeSubscriptions.findInvoice).not.toHaveBeenCalled();
    expect(await payments()).toEqual([]);
  });
});
