import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { aCheckoutSession, anEvent, aRefund, metadataOf } from '../../../test/support/mock-stripe.js';
import { openPayment } from '../../../test/support/open-payment.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { DuplicateHandlerError } from '../../webhook/handler-registry.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';
import {
  OnPayment,
  type PaymentHandler,
  type PaymentReversed,
  type PaymentSettled,
  type Purchase,
} from './on-payment.js';

let broken = false;
let given: Purchase[] = [];

@Injectable()
@OnPayment('settled')
class Grant implements PaymentHandler<'settled'> {
  async apply({ payment }: PaymentSettled, tx: EntityManager): Promise<void> {
    given.push(payment);
    await tx.query('INSERT INTO shelf (entry) VALUES ($1)', [`${payment.userId} has ${payment.priceKey}`]);
    if (broken) throw new Error('half-way');
  }
}

@Injectable()
@OnPayment('reversed')
class Revoke implements PaymentHandler<'reversed'> {
  async apply({ payment, to }: PaymentReversed, tx: EntityManager): Promise<void> {
    await tx.query('INSERT INTO shelf (entry) VALUES ($1)', [`${payment.userId} lost ${payment.priceKey}: ${to}`]);
  }
}

// A class for the other transition does not compile.
// @ts-expect-error a handler of `reversed` alone
@OnPayment('settled')
export class Mistaken implements PaymentHandler<'reversed'> {
  async apply(_transition: PaymentReversed): Promise<void> {}
}

const paid = aCheckoutSession({ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' });
const completed = () => anEvent('checkout.session.completed', paid);

describe('what was bought', () => {
  let app: TestingApp;
  beforeEach(async () => {
    broken = false;
    given = [];
    app = await testingApp([Grant, Revoke]);
    await app.module.get(UnitOfWork).run((tx) => tx.query('CREATE TABLE shelf (entry varchar NOT NULL)'));
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    const purchase = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
    const id = await openPayment(checkouts, { ...purchase, amount: 1999, currency: 'usd' });
    await checkouts.note(aCheckoutSession({ metadata: metadataOf(id) }), 'test');
  });
  afterEach(() => app.close());

  const shelf = async () => {
    const rows = await app.module.get(UnitOfWork).run((tx) => tx.query('SELECT entry FROM shelf ORDER BY rowid'));
    return rows.map(({ entry }: { entry: string }) => entry);
  };
  const status = async () =>
    (await app.module.get(PaymentReader, { strict: false }).find('jenny', 'cs_test_1'))?.status;

  it('is granted once, however often its events come, alone and in a group', async () => {
    await app.handleTogether([completed(), completed()]);
    await app.handle(completed());
    await app.module.get(CheckoutPayments, { strict: false }).note(paid, 'success page');
    expect(await shelf()).toEqual(['jenny has thing']);
    expect(given).toMatchObject([{ kind: 'checkout', invoiceId: null, quantity: 1, priceKey: 'thing', amount: 1999 }]);
  });

  it('is revoked by a whole refund, not by a part, and granted again when the refund comes back', async () => {
    await app.handle(completed());
    await app.handle(anEvent('refund.created', aRefund({ id: 're_1', amount: 500 })));
    expect(await shelf()).toEqual(['jenny has thing']);
    await app.handle(anEvent('refund.created', aRefund({ id: 're_2', amount: 1499 })));
    await app.handle(anEvent('refund.failed', aRefund({ id: 're_2', amount: 1499, status: 'failed' })));
    expect(await shelf()).toEqual(['jenny has thing', 'jenny lost thing: refunded', 'jenny has thing']);
  });

  it('is revoked while a bank holds the money, and granted again when the dispute is won', async () => {
    await app.handle(completed());
    const dispute = { id: 'dp_1', payment_intent: 'pi_1', amount: 1999, currency: 'usd', created: 1_795_000_000 };
    const is = (state: string) => ({ ...dispute, reason: 'fraudulent', status: state }) as never;
    await app.handle(anEvent('charge.dispute.created', is('needs_response')));
    await app.handle(anEvent('charge.dispute.closed', is('won')));
    expect(await shelf()).toEqual(['jenny has thing', 'jenny lost thing: disputed', 'jenny has thing']);
  });

  it('is never granted where the payment was reversed before it was known to be paid', async () => {
    await app.handle(anEvent('refund.created', aRefund()));
    await app.handle(completed());
    expect(await status()).toBe('refunded');
    expect(await shelf()).toEqual([]);
  });

  it('and the status are stored together or not at all: a handler that throws is tried again with the event', async () => {
    broken = true;
    await expect(app.handle(completed())).rejects.toThrow(/Grant failed on payment .*, which stays as it was/);
    expect([await status(), await shelf()]).toEqual(['pending', []]);
    broken = false;
    await app.handle(completed());
    expect([await status(), await shelf()]).toEqual(['paid', ['jenny has thing']]);
  });
});

describe('two payment handlers of one name', () => {
  @Injectable()
  @OnPayment('reversed')
  class Other implements PaymentHandler<'reversed'> {
    async apply(): Promise<void> {}
  }
  Object.defineProperty(Other, 'name', { value: 'Grant' });

  it('stop the boot, which says what to do: two classes, or one that is listed twice [B5]', async () => {
    const listedTwice = { provide: 'again', useClass: Grant };
    for (const provider of [Other, listedTwice])
      await expect(testingApp([Grant, provider])).rejects.toThrow(
        new DuplicateHandlerError('payment handler', 'Grant').message,
      );
  });
});
