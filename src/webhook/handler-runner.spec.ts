import { openPayment as insertPayment } from '../../test/support/open-payment.js';
import { anEvent, aCheckoutSession, aSubscription, metadataOf } from '../../test/support/mock-stripe.js';
import { type TestingApp, testingApp } from '../../test/support/testing-app.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { CheckoutPayments } from '../payments/checkout/checkout-payments.service.js';
import { PaymentReader } from '../payments/account/payment-reader.service.js';
import { type Claim, Claims, LostLeaseError } from './claims.service.js';
import { EventLog } from './event-log.service.js';
import { HandlerRunner } from './handler-runner.service.js';
import { Inbox } from './inbox.service.js';
import { readEvent } from './incoming-event.js';

describe('a batch of events that is handled in one transaction', () => {
  let app: TestingApp;
  let paymentIds: string[];
  let claims: Claim[];
  beforeEach(async () => {
    app = await testingApp();
    paymentIds = [await openPayment(), await openPayment()];
    await Promise.all(paymentIds.map((id, number) => store(anExpiredCheckout(number, id))));
    ({ claims } = await get(Claims).take(10, []));
    expect(claims).toHaveLength(2);
  });
  afterEach(() => app.close());

  it('is stored with a run for each event', async () => {
    await get(HandlerRunner).runBatch(claims);
    expect(await statuses()).toEqual(['expired', 'expired']);
    for (const { event } of claims)
      expect(await get(EventLog).find(event.id)).toMatchObject({
        event: { status: 'done', leaseToken: null },
        runs: [{ status: 'done', attempts: 1 }],
      });
  });

  it('changes nothing when somebody else has taken one of its events over', async () => {
    const lost = claims[1]?.event.id ?? '';
    await get(UnitOfWork).run((tx) =>
      tx.query("UPDATE webhook_events SET lease_token = 'another worker' WHERE id = $1", [lost]),
    );
    await expect(get(HandlerRunner).runBatch(claims)).rejects.toThrow(LostLeaseError);
    expect(await statuses()).toEqual(['pending', 'pending']);
    for (const { event } of claims) expect((await get(EventLog).find(event.id))?.runs).toEqual([]);
    expect(await get(EventLog).find(lost)).toMatchObject({ event: { leaseToken: 'another worker' } });
  });

  it('stores the reason of a handler that left one of them alone', async () => {
    await store(
      anEvent('customer.subscription.updated', aSubscription({ customer: 'cus_else', metadata: {} }) as never),
    );
    const more = (await get(Claims).take(10, [])).claims;
    expect(more).toHaveLength(1);
    await get(HandlerRunner).runBatch([...claims, ...more]);
    const reason = "it is of cus_else, who is none of this app's customers";
    expect(await get(EventLog).find(more[0]?.event.id ?? '')).toMatchObject({
      event: { status: 'ignored', reason, leaseToken: null },
      runs: [{ status: 'ignored', lastError: reason, attempts: 0 }],
    });
    for (const { event } of claims)
      expect(await get(EventLog).find(event.id)).toMatchObject({ event: { status: 'done' } });
  });

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });

  const openPayment = () =>
    insertPayment(get(CheckoutPayments), {
      userId: 'user',
      email: 'user@example.com',
      description: 'A product',
      priceKey: 'product',
      amount: 1999,
      currency: 'usd',
    });

  const statuses = async () =>
    Promise.all(paymentIds.map(async (id) => (await get(PaymentReader).details(id))?.status));

  async function store(event: object): Promise<void> {
    const read = readEvent(Buffer.from(JSON.stringify(event)));
    if (!read) throw new Error('This is no event');
    await get(Inbox).store(read);
  }

  const anExpiredCheckout = (number: number, paymentId: string) =>
    anEvent(
      'checkout.session.expired',
      aCheckoutSession({ id: `cs_test_group_${number}`, status: 'expired', metadata: metadataOf(paymentId) }),
    );
});
