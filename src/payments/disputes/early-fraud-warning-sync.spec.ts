import { Logger } from '@nestjs/common';
import { anEvent } from '../../../test/support/mock-stripe.js';
import { linkPayment, paidByLink } from '../../../test/support/paid-by-link.js';
import { shuffled } from '../../../test/support/scenarios/run.js';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { EarlyFraudWarnings } from '../account/dispute-reader.service.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import { english } from '../../http/texts/texts.js';
import { paymentView } from '../account/payment.view.js';
import { RecordEarlyFraudWarning } from '../handlers/dispute.handlers.js';

const { jest } = import.meta;

describe('an early fraud warning', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  const warning = (changes: object = {}) => ({
    id: 'issfr_1',
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: 'ch_1',
    created: 1_795_000_100,
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    payment_intent: 'pi_1',
    ...changes,
  });
  const warned = (changes?: object) =>
    anEvent('radar.early_fraud_warning.created', warning(changes) as never, { created: 1_795_000_100 });
  const over = () =>
    anEvent('radar.early_fraud_warning.updated', warning({ actionable: false }) as never, { created: 1_795_000_200 });
  const list = () => app.module.get(EarlyFraudWarnings, { strict: false }).list();

  it('is shown on its payment to the operator, with how to refund in time, and not to the customer [M11]', async () => {
    const logged = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await app.handle(paidByLink(app));
    await app.handle(warned());
    const payment = await linkPayment(app);
    const shown = { id: 'issfr_1', fraudType: 'made_with_stolen_card', actionable: true };
    expect(payment?.earlyFraudWarnings).toMatchObject([shown]);
    expect(await list()).toMatchObject([
      { ...shown, paymentId: payment?.id, email: 'customer@example.com', amount: 1999, currency: 'usd' },
    ]);
    const command = `npm run cli -- payments refund ${payment?.id} --reason fraudulent`;
    expect(logged).toHaveBeenCalledWith(expect.stringContaining(command));

    const receipt = await app.module
      .get(PaymentReader, { strict: false })
      .receipt('email:customer@example.com', payment?.id ?? '');
    expect(receipt).toBeDefined();
    expect(JSON.stringify(receipt && paymentView(receipt.payment, english))).not.toMatch(
      /fraud_?warning|issfr_1|stolen/i,
    );
  });

  it('is logged once, however often it comes [M11]', async () => {
    const logged = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await app.handle(paidByLink(app));
    for (const event of [warned(), warned(), over(), warned()]) await app.handle(event);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('is joined to its payment and ends the same in any order, and needs nobody once it is over [M11]', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      await app.close();
      app = await testingApp();
      const events = shuffled([paidByLink(app), warned(), over()] as never, new SeededRandom(seed));
      for (const event of events) await app.handle(event);
      expect((await linkPayment(app))?.earlyFraudWarnings).toMatchObject([{ id: 'issfr_1', actionable: false }]);
      expect(await list()).toEqual([]);
    }
  });

  it('is found by its charge where Stripe names no Payment Intent, whichever comes first [M11]', async () => {
    const charge = { id: 'ch_1', payment_intent: 'pi_1', amount_refunded: 0, receipt_url: null, metadata: {} };
    await app.handle(warned({ payment_intent: null }));
    await app.handle(paidByLink(app));
    expect(await list()).toEqual([]);
    await app.handle(anEvent('charge.succeeded', charge as never));
    expect(await list()).toMatchObject([{ id: 'issfr_1' }]);
    expect((await linkPayment(app))?.earlyFraudWarnings).toMatchObject([{ id: 'issfr_1' }]);
  });

  it('of a payment that is not ours, refunded or disputed already asks nothing of the operator [M11]', async () => {
    await app.handle(paidByLink(app));
    await app.handle(warned({ id: 'issfr_2', payment_intent: 'pi_of_another_app' }));
    await app.handle(warned());
    expect(await list()).toHaveLength(1);
    const refund = { id: 're_1', amount: 1999, payment_intent: 'pi_1', status: 'succeeded', created: 1_795_000_300 };
    await app.handle(anEvent('refund.created', refund as never));
    expect(await list()).toEqual([]);
  });

  it.each([
    ['its id', { id: null }],
    ['its id', { id: undefined }],
    ['every name of its payment', { payment_intent: null, charge: null }],
    ['every name of its payment', { payment_intent: {}, charge: { id: null } }],
  ])('is ignored with the reason where it lacks %s [M11]', async (_what, changes) => {
    await app.handle(paidByLink(app));
    const event = warned(changes);
    expect(app.module.get(RecordEarlyFraudWarning, { strict: false }).reasonToIgnore(event)).toMatch(/warning/);
    await app.handle(event);
    expect((await linkPayment(app))?.earlyFraudWarnings).toEqual([]);
  });

  it('is kept with whatever else is missing, for somebody to look at [M11]', async () => {
    await app.handle(paidByLink(app));
    await app.handle(warned({ fraud_type: null, actionable: null, created: null, charge: undefined }));
    expect((await linkPayment(app))?.earlyFraudWarnings).toMatchObject([{ fraudType: 'unknown', actionable: true }]);
  });
});
