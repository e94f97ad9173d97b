import {
  aCustomer,
  anInvoice,
  anInvoicePayment,
  anEvent,
  aSubscription,
  aSubscriptionItem,
} from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { CustomerReader } from '../../customers/customer-reader.service.js';
import { Customers } from '../../customers/customers.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { PaymentReader } from '../../payments/account/payment-reader.service.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { Customer, DeletedCustomer, Invoice, InvoicePayment, Subscription } from '../../stripe/stripe.types.js';
import { SubscriptionReader } from '../account/subscription-reader.service.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { SubscriptionReconcile } from './subscription-reconcile.service.js';

const JENNY = { type: 'user', id: 'jenny' } as const;
const SECOND = 1_795_000_000;
/** After the objects of these tests were created, so that only what may still change is looked at. */
const LATER = new Date((SECOND + 90 * 86_400) * 1_000);

const nowInSeconds = () => Math.floor(Date.now() / 1_000);

/** One page of a list. */
async function* onePage<T>(list: T[]): AsyncGenerator<T[]> {
  yield list;
}

describe('reconcile, of customers, subscriptions and invoices', () => {
  let app: TestingApp;
  /** What Stripe has. */
  let customers: (Customer | DeletedCustomer)[];
  let subscriptions: Subscription[];
  let invoices: Invoice[];
  let customer: string;
  beforeEach(async () => {
    app = await testingApp();
    customer = await get(Customers).ensure(JENNY, 'jenny@example.com');
    customers = [{ ...aCustomer({ email: 'jenny@example.com', metadata: {} }), id: customer }];
    [subscriptions, invoices] = [[], []];
    const { stripeCustomers, stripeSubscriptions } = app;
    const since = <T extends { created: number }>(list: T[], from: Date) =>
      onePage(list.filter(({ created }) => created * 1_000 >= from.getTime()));
    const before = <T extends { created: number }>(list: T[], from: Date) =>
      onePage(list.filter(({ created }) => created * 1_000 < from.getTime()));
    stripeCustomers.customersSince.mockImplementation(() =>
      onePage(customers.filter((one): one is Customer => !one.deleted)),
    );
    stripeCustomers.findCustomerOrDeleted.mockImplementation(async (id) => customers.find((one) => one.id === id));
    stripeSubscriptions.subscriptionsSince.mockImplementation((from) => since(subscriptions, from));
    stripeSubscriptions.liveSubscriptionsBefore.mockImplementation((from) =>
      before(
        subscriptions.filter(({ status }) => status !== 'canceled'),
        from,
      ),
    );
    stripeSubscriptions.findSubscription.mockImplementation(async (id) => subscriptions.find((one) => one.id === id));
    stripeSubscriptions.invoicesSince.mockImplementation((from) => since(invoices, from));
    stripeSubscriptions.invoicesBefore.mockImplementation((from, status) =>
      before(
        invoices.filter((one) => one.status === status),
        from,
      ),
    );
    stripeSubscriptions.findInvoice.mockImplementation(async (id) => invoices.find((one) => one.id === id));
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const run = (repair = false, since = new Date(0)) =>
    get(SubscriptionReconcile).run({ since, repair, progress: () => undefined });
  const payments = async () => (await get(PaymentReader).list({})).payments;
  const withPayments = (payment: InvoicePayment, changes: Partial<Invoice> = {}) => {
    const list = { object: 'list' as const, data: [payment], has_more: false, url: '' };
    return anInvoice({ customer, payments: list, ...changes } as never);
  };
  /** Stripe has it, and its event has come in. */
  const subscribe = async () => {
    subscriptions = [aSubscription({ customer })];
    await app.handle(anEvent('customer.subscription.created', aSubscription({ customer })));
    await get(SnapshotReader).readDue();
  };
  const invoice = async (one: Invoice) => {
    invoices = [one];
    await app.handle(anEvent(`invoice.${one.status === 'draft' ? 'created' : 'paid'}`, one as never) as never);
    await get(SnapshotReader).readDue();
  };
  /** What is found, what a repair says of it, and that nothing is left. */
  const expectRepaired = async (found: object, since?: Date) => {
    expect(await run(false, since)).toMatchObject({
      differences: [{ ...found, repaired: false }],
      remaining: 1,
      errors: [],
    });
    expect(await run(true, since)).toMatchObject({ differences: [{ ...found, repaired: true }], remaining: 0 });
    expect(await run(false, since)).toMatchObject({ differences: [], remaining: 0, errors: [] });
  };

  describe('an invoice that is paid, and no payment here', () => {
    it('since invoice_payment.paid was lost: the payment is made', async () => {
      await subscribe();
      await invoice(withPayments(anInvoicePayment({ status: 'open' })));
      expect(await payments()).toEqual([]);
      invoices = [withPayments(anInvoicePayment())];
      await expectRepaired({
        kind: 'invoice',
        id: 'in_1',
        fields: [{ field: 'paymentId', here: null, stripe: 'pi_1' }],
        cause: 'it is paid, and invoice_payment.paid has not come in',
      });
      expect(await payments()).toMatchObject([{ status: 'paid', invoiceId: 'in_1', paymentIntentId: 'pi_1' }]);
    });

    it('since no event of its subscription has come in: the subscription is read, and with it the payment is made', async () => {
      await invoice(withPayments(anInvoicePayment()));
      subscriptions = [aSubscription({ customer, status: 'canceled', ended_at: SECOND + 5 })]; // in no list of those that live
      await expectRepaired(
        {
          kind: 'invoice',
          id: 'in_1',
          cause: expect.stringContaining('of its subscription sub_1 no event has come in'),
        },
        new Date((SECOND + 86_400) * 1_000),
      );
      expect(await payments()).toMatchObject([{ status: 'paid', priceKey: 'pro_monthly' }]);
    });

    it('nor is one expected where nothing was paid, or not by a Payment Intent', async () => {
      await subscribe();
      await invoice(withPayments(anInvoicePayment({ payment: { type: 'charge', charge: 'ch_1' } })));
      expect((await run()).differences).toEqual([]);
      await invoice(withPayments(anInvoicePayment(), { id: 'in_2', amount_paid: 0 }));
      expect((await run()).differences).toEqual([]);
    });
  });

  describe('customers', () => {
    const kept = async () => (await get(CustomerReader).details('jenny')) ?? undefined;

    it('whose address or name differs', async () => {
      customers = [{ ...aCustomer({ email: 'New@example.com', metadata: {} }), id: customer, name: 'Jenny' }];
      await expectRepaired({
        kind: 'customer',
        id: customer,
        says: 'exists',
        fields: [
          { field: 'email', here: 'jenny@example.com', stripe: 'new@example.com' },
          { field: 'name', here: null, stripe: 'Jenny' },
        ],
        cause: 'the customer.updated of its last change has not come in',
      });
      expect(await kept()).toMatchObject({ email: 'new@example.com', name: 'Jenny' });
    });

    it('whose address was changed here and is still to be given to Stripe do not differ', async () => {
      await get(UnitOfWork).run((tx) =>
        tx.query("UPDATE customers SET email = 'new@example.com', email_changed_at = 1795000000000"),
      );
      expect((await run(true)).differences).toEqual([]);
      expect(await kept()).toMatchObject({ email: 'new@example.com' });
    });

    it('whose address changes while the list is read are repaired to the last one', async () => {
      const [listed] = customers as Customer[];
      const at = (email: string): Customer => ({ ...(listed as Customer), email });
      customers = [at('second@example.com')]; // and its event is lost
      app.stripeCustomers.customersSince.mockImplementation(async function* () {
        const page = customers as Customer[];
        customers = [at('third@example.com')];
        const event = anEvent('customer.updated', at('third@example.com') as never, { created: nowInSeconds() });
        await app.handle(event);
        yield page;
      });
      expect(await run(true)).toMatchObject({ remaining: 0, errors: [] });
      expect(await kept()).toMatchObject({ email: 'third@example.com' });
    });

    it('that change while they are read again keep what the event says', async () => {
      const [listed] = customers as Customer[];
      const at = (email: string): Customer => ({ ...(listed as Customer), email });
      customers = [at('second@example.com')];
      app.stripeCustomers.findCustomerOrDeleted.mockImplementationOnce(async () => {
        customers = [at('third@example.com')];
        await app.handle(anEvent('customer.updated', at('third@example.com') as never, { created: nowInSeconds() }));
        return at('second@example.com');
      });
      await run(true);
      expect(await kept()).toMatchObject({ email: 'third@example.com' });
    });

    it('that were deleted at Stripe: the owner gets another one', async () => {
      customers = [{ id: customer, object: 'customer', deleted: true }];
      const cause = 'it was deleted at Stripe, and customer.deleted has not come in';
      await expectRepaired({ kind: 'customer', id: customer, says: 'deleted', missing: 'stripe', cause });
      expect((await kept())?.deletedAt).toBeInstanceOf(Date);
    });

    it('that Stripe does not know, unless none is known: then the key may be that of another account', async () => {
      customers = [];
      const found = {
        kind: 'customer',
        id: customer,
        says: 'none',
        cause: expect.stringContaining('is it the key of'),
      };
      expect(await run(true)).toMatchObject({ differences: [{ ...found, repaired: false }], remaining: 1 });
      const other = await get(Customers).ensure({ type: 'user', id: 'other' }, 'other@example.com');
      customers = [{ ...aCustomer({ email: 'other@example.com', metadata: {} }), id: other }];
      await expectRepaired({
        kind: 'customer',
        id: customer,
        cause: expect.stringContaining('Stripe has none of this id'),
      });
      expect((await kept())?.deletedAt).toBeInstanceOf(Date);
    });

    it('whose creation Stripe answered to nobody', async () => {
      const id = 'other';
      app.stripeCustomers.createCustomer.mockRejectedValueOnce(new StripeUnavailableError('customers.create', 'gone'));
      await expect(get(Customers).ensure({ type: 'user', id }, 'other@example.com')).rejects.toThrow('gone');
      const row = await get(CustomerReader).details(id);
      const made = aCustomer({ email: 'other@example.com', metadata: { customer_id: row?.id ?? '' } });
      customers.push({ ...made, id: 'cus_late' });
      const cause = "Stripe's answer to its creation has not come in";
      await expectRepaired({ kind: 'customer', id: 'cus_late', cause });
      expect(await get(CustomerReader).details(id)).toMatchObject({ stripeCustomerId: 'cus_late' });
    });
  });

  describe('what is older', () => {
    it('is compared from lists: only what differs is read alone', async () => {
      await subscribe();
      app.stripeSubscriptions.findSubscription.mockClear();
      expect(await run(true, LATER)).toMatchObject({ checked: 2, differences: [] });
      expect(app.stripeSubscriptions.findSubscription).not.toHaveBeenCalled();
      subscriptions = [aSubscription({ customer, status: 'canceled', ended_at: SECOND + 5 })];
      await expectRepaired({ kind: 'subscription', id: 'sub_1', says: 'canceled' }, LATER);
    });

    it('and was a draft that Stripe has deleted, is deleted here, and not looked for again', async () => {
      await subscribe();
      await invoice(withPayments(anInvoicePayment({ status: 'open' }), DRAFT));
      invoices = [];
      const cause = 'it was deleted at Stripe as a draft, and invoice.deleted has not come in';
      await expectRepaired({ kind: 'invoice', id: 'in_1', missing: 'stripe', cause }, LATER);
      app.stripeSubscriptions.findInvoice.mockClear();
      await run(true, LATER);
      expect(app.stripeSubscriptions.findInvoice).not.toHaveBeenCalled();
    });

    it('and was made with the key of another account, ends here, so that its owner may subscribe again', async () => {
      await subscribe();
      subscriptions = [];
      await expectRepaired({ kind: 'subscription', id: 'sub_1', says: 'none', missing: 'stripe' }, LATER);
      expect(await get(SubscriptionReader).details('sub_1')).toMatchObject({
        status: 'canceled',
        endReason: 'not_at_stripe',
        isLive: false,
      });
    });
  });

  it('goes on after an error, and reports each', async () => {
    await subscribe();
    const away = new StripeUnavailableError('customers.list', 'status 500');
    app.stripeCustomers.customersSince.mockImplementation(() => {
      throw away;
    });
    subscriptions = [aSubscription({ customer, cancel_at_period_end: true }), anotherOne(customer)];
    app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => {
      if (id === 'sub_1') throw new StripeUnavailableError('subscriptions.retrieve', 'status 500');
      return subscriptions.find((one) => one.id === id);
    });
    const result = await run(true);
    expect(result.errors).toMatchObject([
      { what: 'customers', error: expect.stringContaining('customers.list') },
      { what: 'subscription sub_1', error: expect.stringContaining('subscriptions.retrieve') },
    ]);
    expect(result.differences).toMatchObject([
      { id: 'sub_1', repaired: false },
      { id: 'sub_2', missing: 'here', repaired: true },
    ]);
    expect(result.remaining).toBe(1);
  });
});

const anotherOne = (customer: string) => {
  const items = { ...aSubscription().items, data: [aSubscriptionItem({ id: 'si_2' })] };
  return aSubscription({ id: 'sub_2', customer, items });
};

const DRAFT: Partial<Invoice> = {
  status: 'draft',
  amount_paid: 0,
  status_transitions: { finalized_at: null, paid_at: null, voided_at: null, marked_uncollectible_at: null },
};
