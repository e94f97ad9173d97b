import fc from 'fast-check';
import { anEvent } from '../../../test/support/mock-stripe.js';
import { linkPayment, paidByLink } from '../../../test/support/paid-by-link.js';
import { shuffled } from '../../../test/support/scenarios/run.js';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import type { StripeEventType } from '../../stripe/stripe.types.js';
import { DisputeReader } from '../account/dispute-reader.service.js';
import { english } from '../../http/texts/texts.js';
import { paymentView } from '../account/payment.view.js';
import { OnPayment, type PaymentHandler, type PaymentTransitionOf } from '../fulfilment/on-payment.js';
import { RecordDispute } from '../handlers/dispute.handlers.js';

type DisputeEvent = Extract<StripeEventType, `charge.dispute.${string}`>;

const transitions: string[] = [];

@OnPayment('settled', 'reversed')
class KeepTurns implements PaymentHandler<'settled' | 'reversed'> {
  async apply({ to }: PaymentTransitionOf<'settled' | 'reversed'>): Promise<void> {
    transitions.push(to);
  }
}

describe('a dispute of a payment', () => {
  let app: TestingApp;
  beforeEach(async () => {
    transitions.length = 0;
    app = await testingApp([KeepTurns]);
  });
  afterEach(() => app.close());

  /** A resolution by a programme of the card networks, before it becomes a chargeback. */
  const resolution = {
    id: 'du_1',
    payment_intent: 'pi_1',
    amount: 1999,
    currency: 'usd',
    status: 'prevented',
    reason: 'fraudulent',
    is_charge_refundable: false,
    evidence_details: { due_by: null },
    payment_method_details: { type: 'card', card: { case_type: 'resolution' } },
  };
  const disputeEvent = (type: DisputeEvent, changes: object = {}, second = 0) =>
    anEvent(type, { ...resolution, ...changes } as never, { created: 1_795_000_000 + second });
  const handle = async (...events: ReturnType<typeof disputeEvent>[]) => {
    for (const event of events) await app.handle(event);
  };
  const receipt = async () => {
    const payment = await linkPayment(app);
    if (!payment) throw new Error('There is no payment.');
    return paymentView(payment, english);
  };

  it('that was resolved before it became one has taken the money: reversed, and nothing to refund [M2]', async () => {
    await app.handle(paidByLink(app));
    await handle(
      disputeEvent('charge.dispute.created'),
      disputeEvent('charge.dispute.funds_withdrawn'),
      disputeEvent('charge.dispute.closed'),
    );
    expect(await linkPayment(app)).toMatchObject({ status: 'disputed', amountDisputed: 1999, refundable: 0 });
    expect(transitions).toEqual(['paid', 'disputed']);
    const { text } = (await receipt()).disputes[0] ?? {};
    expect(text).toBe('Your bank asked about this payment, and gives $19.99 back to you.');
  });

  it('that was blocked moved no money: paid, and all can be refunded [M2]', async () => {
    const block = { payment_method_details: { type: 'card', card: { case_type: 'block' } } };
    await app.handle(paidByLink(app));
    await handle(disputeEvent('charge.dispute.created', block), disputeEvent('charge.dispute.closed', block));
    expect(await linkPayment(app)).toMatchObject({ status: 'paid', amountDisputed: 0, refundable: 1999 });
    expect(transitions).toEqual(['paid']);
    expect((await receipt()).disputes[0]?.text).toContain('has no more questions');
  });

  it.each(['settled_by_arbitration', 'charge_refunded', 'warning_closed', 'prevented', 'lost'])(
    'whose money is gone is not ours, in any order of its events, though it ends %s [M2]',
    async (status) => {
      const ended = { status, payment_method_details: null };
      const events = [
        disputeEvent('charge.dispute.created', { status: 'needs_response' }),
        disputeEvent('charge.dispute.funds_withdrawn', ended, 1),
        disputeEvent('charge.dispute.closed', ended, 2),
        paidByLink(app),
      ];
      for (const event of shuffled(events as never, new SeededRandom(status.length))) await app.handle(event);
      expect(await linkPayment(app)).toMatchObject({ status: 'disputed', refundable: 0 });
    },
  );

  it('that is reinstated and then withdrawn once more is not ours, whichever comes last [M2]', async () => {
    const events = [
      disputeEvent('charge.dispute.funds_withdrawn', { status: 'needs_response' }, 1),
      disputeEvent('charge.dispute.closed', { status: 'won' }, 2),
      disputeEvent('charge.dispute.funds_reinstated', { status: 'won' }, 2),
      disputeEvent('charge.dispute.funds_withdrawn', { status: 'won' }, 9),
    ];
    await app.handle(paidByLink(app));
    await handle(...events.slice(0, 3));
    expect((await linkPayment(app))?.status).toBe('paid');
    await handle(...events.slice(3));
    expect((await linkPayment(app))?.status).toBe('disputed');
    await handle(...events.toReversed());
    expect((await linkPayment(app))?.status).toBe('disputed');
  });

  it('whose withdrawal only its balance transactions show is not ours, though the event was lost [M2]', async () => {
    await app.handle(paidByLink(app));
    const listed = { status: 'warning_closed', created: 1_795_000_000, balance_transactions: [{ amount: -1999 }] };
    await handle(disputeEvent('charge.dispute.closed', listed));
    expect(await linkPayment(app)).toMatchObject({ status: 'disputed', refundable: 0 });
    const back = [...listed.balance_transactions, { amount: 1999, created: 1_795_000_900 }];
    await handle(disputeEvent('charge.dispute.updated', { ...listed, balance_transactions: back }, 901));
    expect(await linkPayment(app)).toMatchObject({ status: 'paid', refundable: 1999 });
  });

  it('of a part takes that part: the rest stays paid, and the receipt adds up [Build 3]', async () => {
    await app.handle(paidByLink(app));
    const part = { status: 'needs_response', amount: 500, is_charge_refundable: true };
    await handle(disputeEvent('charge.dispute.created', part), disputeEvent('charge.dispute.funds_withdrawn', part));
    expect(await linkPayment(app)).toMatchObject({ status: 'paid', amountDisputed: 500, refundable: 1499 });
    expect(transitions).toEqual(['paid']);
    expect(await receipt()).toMatchObject({
      statusText: 'Paid, partly disputed',
      disputedText: '$5.00',
      remainsText: '$14.99',
    });
  });

  it('that comes after a refund takes the rest, and says so [Build 3]', async () => {
    await app.handle(paidByLink(app));
    const refund = { id: 're_1', amount: 500, payment_intent: 'pi_1', status: 'succeeded', created: 1_795_000_001 };
    await app.handle(anEvent('refund.created', refund as never));
    const whole = { status: 'needs_response' };
    await handle(disputeEvent('charge.dispute.created', whole), disputeEvent('charge.dispute.funds_withdrawn', whole));
    expect(await linkPayment(app)).toMatchObject({ status: 'disputed', amountRefunded: 500, amountDisputed: 1499 });
    expect(transitions).toEqual(['paid', 'disputed']);
    const { refundedText, disputedText, remainsText, disputes } = await receipt();
    expect([refundedText, disputedText, remainsText]).toEqual(['$5.00', '$14.99', '$0.00']);
    expect(disputes[0]?.text).toBe(
      'You disputed $19.99 with your bank, which holds $14.99 of this payment while it decides.',
    );
  });

  it('in another currency than the payment is shown in its own, everywhere [M9]', async () => {
    await app.handle(paidByLink(app));
    const euros = { status: 'needs_response', amount: 1849, currency: 'eur', created: 1_795_000_000 };
    await handle(disputeEvent('charge.dispute.created', euros), disputeEvent('charge.dispute.funds_withdrawn', euros));
    expect(await linkPayment(app)).toMatchObject({ status: 'disputed', amountDisputed: 1999 });
    const { disputes, disputedText } = await receipt();
    expect(disputes[0]?.text).toBe('You disputed €18.49 with your bank, which holds the money while it decides.');
    expect(disputes[0]).toMatchObject({ amount: 1849, currency: 'eur' });
    expect(disputedText).toBe('$19.99');
    expect(await app.module.get(DisputeReader, { strict: false }).list()).toMatchObject([{ currency: 'eur' }]);
  });

  it('is ignored with the reason, and touches nothing, where what must be known is missing or null', async () => {
    await app.handle(paidByLink(app));
    await handle(disputeEvent('charge.dispute.created', { id: 'du_before' }));
    const before = await linkPayment(app);
    const handler = app.module.get(RecordDispute, { strict: false });
    const broken = fc.record({
      key: fc.constantFrom('id', 'payment_intent', 'amount', 'currency', 'status'),
      value: fc.constantFrom(null, undefined, {}, [], '', 1.5, false),
    });
    await fc.assert(
      fc.asyncProperty(broken, async ({ key, value }) => {
        const event = disputeEvent('charge.dispute.funds_withdrawn', { [key]: value });
        expect(handler.reasonToIgnore(event)).toMatch(/^the dispute has no /);
        await app.handle(event);
        expect(await linkPayment(app)).toEqual(before);
      }),
      { numRuns: 50 },
    );
    expect(
      handler.reasonToIgnore({ ...disputeEvent('charge.dispute.created'), data: { object: null } } as never),
    ).toBeDefined();
  });

  it('is stored with whatever else is missing, null or of another kind', async () => {
    await app.handle(paidByLink(app));
    const optional = ['reason', 'evidence_details', 'payment_method_details', 'is_charge_refundable', 'created'];
    const odd = fc.record({
      key: fc.constantFrom(...optional, 'balance_transactions', 'metadata', 'charge'),
      value: fc.constantFrom(null, undefined, {}, [], [null], ['txn_1'], [{ amount: 'x' }], 'text', -1, 1e300, true),
    });
    let nth = 0;
    await fc.assert(
      fc.asyncProperty(odd, async ({ key, value }) => {
        const id = `du_${++nth}`;
        await handle(disputeEvent('charge.dispute.created', { id, [key]: value }));
        expect((await linkPayment(app))?.disputes.map((dispute) => dispute.id)).toContain(id);
      }),
      { numRuns: 60 },
    );
  });
});
