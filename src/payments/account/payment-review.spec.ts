import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { aCheckoutSession, anEvent } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';
import { UnfinishedCheckouts } from '../checkout/unfinished-checkouts.service.js';
import { DuplicatePayments } from './payment-review.service.js';

const NOON = 1_795_780_800_000;
const MINUTE = 60_000;

describe('what was paid twice', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(() => app.close());

  interface Row {
    id: string;
    begun: number;
    paid?: number;
    processing?: number;
    user?: string;
    price?: string;
    status?: string;
  }
  /** Times in minutes after noon. */
  const add = (...rows: Row[]) =>
    app.module.get(UnitOfWork).run(async (tx) => {
      for (const { id, begun, paid, processing, user = 'jenny', price = 'thing', status = 'paid' } of rows)
        await tx.query(
          `INSERT INTO payments (id, user_id, email, description, price_key, amount, currency, processing_at, settled_at, status, created_at)
           VALUES ($1, $2, 'x@example.com', 'A thing', $3, 1999, 'usd', $4, $5, $6, $7)`,
          [id, user, price, at(processing), at(paid), status, at(begun)],
        );
    });
  const at = (minutes: number | undefined) => (minutes === undefined ? null : NOON + minutes * MINUTE);
  const list = async () => {
    const found = await app.module.get(DuplicatePayments, { strict: false }).list();
    return found.map(({ paymentId, alsoPaidAs }) => [paymentId, ...alsoPaidAs]);
  };

  it('is listed with every payment that was begun before the first was paid', async () => {
    await add({ id: 'a', begun: 0, paid: 5 }, { id: 'b', begun: 1, paid: 3 }, { id: 'c', begun: 4, paid: 9 });
    expect(await list()).toEqual([['a', 'b', 'c']]);
  });

  it('is nothing where the second purchase was begun after the first was paid', async () => {
    await add({ id: 'a', begun: 0, paid: 5 }, { id: 'b', begun: 6, paid: 9 });
    expect(await list()).toEqual([]);
  });

  it('is nothing where a bank debit was on its way when the second purchase was begun', async () => {
    await add({ id: 'a', begun: 0, processing: 2, paid: 5000 }, { id: 'b', begun: 6, paid: 9 });
    expect(await list()).toEqual([]);
  });

  it.each<[string, Partial<Row>]>([
    ['is not paid', { status: 'pending' }],
    ['was refunded whole', { status: 'refunded' }],
    ["is somebody else's", { user: 'somebody-else' }],
    ['is of another price', { price: 'another' }],
  ])('is nothing where the other payment %s', async (_, other) => {
    await add({ id: 'a', begun: 0, paid: 5 }, { id: 'b', begun: 1, paid: 3, ...other });
    expect(await list()).toEqual([]);
  });

  it('is warned of when a payment is paid after it had ended here and another one was begun', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    const thing = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
    const wanted = { ...thing, amount: 1999, currency: 'usd' };
    const first = await checkouts.findOrOpen(wanted);
    app.stripe.checkoutSessionsSince.mockReturnValue((async function* () {})());
    await app.module.get(UnfinishedCheckouts, { strict: false }).finish(new Date(Date.now() + 1_000));
    const second = await checkouts.findOrOpen(wanted);
    expect(second.id).not.toBe(first.id);

    const pay = (tag: string, id: string) => {
      const names = { id: `cs_test_${tag}`, payment_intent: `pi_${tag}`, client_reference_id: id };
      const metadata = { payment_id: id, app_name: '[Nest Stripe Billing] Demo Product' };
      const paid = { status: 'complete', payment_status: 'paid' } as const;
      return app.handle(
        anEvent('checkout.session.completed', aCheckoutSession({ ...names, ...paid, metadata }), {
          created: Math.ceil(Date.now() / 1_000) + 60,
        }),
      );
    };
    await pay('second', second.id);
    expect(warn).not.toHaveBeenCalled();
    await pay('first', first.id);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining(`${second.id} (paid)`));
    expect(await list()).toEqual([[first.id, second.id]]);
    warn.mockRestore();
  });
});
