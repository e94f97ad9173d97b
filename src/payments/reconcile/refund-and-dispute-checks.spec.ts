import { anEvent, aRefund } from '../../../test/support/mock-stripe.js';
import { linkPayment, paidByLink } from '../../../test/support/paid-by-link.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import type { Dispute, Refund } from '../../stripe/stripe.types.js';
import { Reconcile } from './reconcile.service.js';

const SECOND = 1_795_000_000;
const nowInSeconds = () => Math.floor(Date.now() / 1_000);

describe('what changes while reconcile reads its list keeps what the event says', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
    for (const list of ['checkoutSessionsSince', 'refundsSince', 'disputesSince'] as const)
      app.stripe[list].mockImplementation(async function* () {});
    await app.handle(paidByLink(app));
  });
  afterEach(() => app.close());

  const repair = () =>
    app.module.get(Reconcile, { strict: false }).run({ since: new Date(0), repair: true, progress: () => undefined });

  it('a dispute that is lost after all', async () => {
    const dispute = (status: string) =>
      ({
        id: 'du_1',
        object: 'dispute',
        payment_intent: 'pi_1',
        amount: 1999,
        currency: 'usd',
        created: SECOND,
        status,
        reason: 'fraudulent',
        is_charge_refundable: false,
        evidence_details: { due_by: null },
        payment_method_details: { type: 'card', card: { case_type: 'chargeback' } },
      }) as unknown as Dispute;
    await app.handle(anEvent('charge.dispute.created', dispute('needs_response') as never, { created: SECOND }));
    app.stripe.disputesSince.mockImplementation(async function* () {
      const page = [dispute('won')];
      const event = anEvent('charge.dispute.closed', dispute('lost') as never, { created: nowInSeconds() });
      await app.handle(event);
      yield page;
    });
    expect((await repair()).errors).toEqual([]);
    expect(await linkPayment(app)).toMatchObject({ disputes: [{ status: 'lost' }] });
  });

  it('a refund for which the customer has given what was missing', async () => {
    const refund = (status: string): Refund => aRefund({ payment_intent: 'pi_1', status, created: SECOND });
    await app.handle(anEvent('refund.created', refund('pending') as never, { created: SECOND }));
    app.stripe.refundsSince.mockImplementation(async function* () {
      const page = [refund('requires_action')];
      const event = anEvent('refund.updated', refund('pending') as never, { created: nowInSeconds() });
      await app.handle(event);
      yield page;
    });
    expect((await repair()).errors).toEqual([]);
    expect(await linkPayment(app)).toMatchObject({ refunds: [{ status: 'pending' }] });
  });
});
