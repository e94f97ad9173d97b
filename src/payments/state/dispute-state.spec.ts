import fc from 'fast-check';
import { disputeFacts, paymentFacts } from '../../../test/support/payment-facts.js';
import { summarize } from '../account/payment.summary.js';
import { english } from '../../http/texts/texts.js';
import { paymentView } from '../account/payment.view.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import type { DisputeFacts, DisputeStatus } from './dispute-state.js';
import { NO_MONEY_FACTS, type RefundStatus } from './payment-facts.js';
import { derivePaymentState } from './payment-status.js';

const at = (second: number) => new Date((1_795_000_000 + second) * 1_000);
const paid = paymentFacts({ settledAt: at(0) });
const stateWith = (...disputes: Partial<DisputeFacts>[]) =>
  derivePaymentState(paid, { ...NO_MONEY_FACTS, disputes: disputes.map(disputeFacts) });
const STATUSES: DisputeStatus[] = [
  ...(['warning_needs_response', 'warning_under_review', 'warning_closed'] as const),
  ...(['needs_response', 'under_review', 'prevented', 'charge_refunded', 'lost', 'won'] as const),
  ...(['appeal_needs_response', 'appeal_under_review'] as const),
];

describe('the money of a dispute', () => {
  it.each(STATUSES.filter((status) => status !== 'won'))(
    'that was withdrawn and not reinstated is not ours, although the dispute is called %s [M2]',
    (status) => {
      expect(stateWith({ status, withdrawnAt: at(1) })).toMatchObject({ status: 'disputed', refundable: 0 });
    },
  );

  it.each(STATUSES.filter((status) => status !== 'lost'))(
    'that was reinstated is ours, although the dispute is called %s [M2]',
    (status) => {
      const money = { withdrawnAt: at(1), reinstatedAt: at(2), statusAt: at(3) };
      expect(stateWith({ status, ...money })).toMatchObject({ status: 'paid', refundable: 1999 });
    },
  );

  it.each<[string, Partial<DisputeFacts>, 'paid' | 'disputed']>([
    ['a resolution, before its withdrawal is known', { status: 'prevented', caseType: 'resolution' }, 'disputed'],
    ['a block, which moves none', { status: 'prevented', caseType: 'block' }, 'paid'],
    ['prevented in a way that is not known', { status: 'prevented' }, 'paid'],
    ['lost, where the withdrawal is not known', { status: 'lost' }, 'disputed'],
    ['won, where no move of money is known', { status: 'won' }, 'paid'],
    ['won, and the reinstatement not known yet', { status: 'won', withdrawnAt: at(1), statusAt: at(5) }, 'paid'],
    ['reinstated within the second', { withdrawnAt: at(1), reinstatedAt: at(1) }, 'paid'],
    ['withdrawn once more', { status: 'won', withdrawnAt: at(9), reinstatedAt: at(5), statusAt: at(9) }, 'disputed'],
    ['won, then lost', { status: 'lost', withdrawnAt: at(1), reinstatedAt: at(5), statusAt: at(9) }, 'disputed'],
    ['reinstated although lost', { status: 'lost', withdrawnAt: at(1), reinstatedAt: at(5), statusAt: at(5) }, 'paid'],
  ])('is looked for where it is: %s [M2]', (_what, facts, status) => {
    expect(stateWith(facts).status).toBe(status);
  });

  it('takes the part that is disputed, and leaves the rest to the seller, to be refunded [Build 3]', () => {
    expect(stateWith({ amount: 500, withdrawnAt: at(1) })).toMatchObject({
      status: 'paid',
      amountRefunded: 0,
      amountDisputed: 500,
      refundable: 1499,
    });
  });

  it('holds up every refund while Stripe says that the charge cannot be refunded, and no longer [Build 3]', () => {
    const part = { amount: 500, withdrawnAt: at(1), isChargeRefundable: false };
    expect(stateWith(part)).toMatchObject({ status: 'paid', amountDisputed: 500, refundable: 0 });
    expect(stateWith({ ...part, isChargeRefundable: true }).refundable).toBe(1499);
    expect(stateWith({ ...part, status: 'won' }).refundable).toBe(1999);
    expect(stateWith({ ...part, status: 'prevented', withdrawnAt: null, caseType: 'block' }).refundable).toBe(1999);
  });

  it('is counted exactly by its balance transactions, also where a part came back from a lost dispute [Build 3]', () => {
    const lost = { status: 'lost', withdrawnAt: at(1), statusAt: at(4), reinstatedAt: at(5) } as const;
    const booked = { balanceCurrency: 'usd', withdrawnSum: 1999, reinstatedSum: 500 };
    expect(stateWith({ ...lost, ...booked })).toMatchObject({ status: 'paid', amountDisputed: 1499, refundable: 500 });
  });

  it.each<[string, Partial<DisputeFacts>, number]>([
    ['whole, since we cannot know how much a part is', { amount: 500 }, 1999],
    ['what left the balance, where that is in its own currency', { withdrawnSum: 540, balanceCurrency: 'usd' }, 540],
    ['whole, where the balance is in a third currency', { withdrawnSum: 540, balanceCurrency: 'gbp' }, 1999],
  ])('in another currency takes of the payment: %s [M9]', (_what, facts, amountDisputed) => {
    expect(stateWith({ currency: 'eur', withdrawnAt: at(1), ...facts })).toMatchObject({ amountDisputed });
  });

  it('never takes more than was paid, however exchange rates moved [M9]', () => {
    expect(stateWith({ amount: 2150, withdrawnAt: at(1) })).toMatchObject({ status: 'disputed', amountDisputed: 1999 });
  });
});

describe('what a customer reads of refunds and disputes', () => {
  const refund = fc.record({
    amount: fc.nat(2_500),
    status: fc.constantFrom<RefundStatus>('requested', 'refused', 'pending', 'succeeded', 'failed', 'canceled'),
  });
  const moment = fc.option(fc.nat(9).map(at), { nil: null });
  const dispute = fc.record({
    amount: fc.nat(2_500),
    status: fc.constantFrom(...STATUSES),
    statusAt: fc.nat(9).map(at),
    currency: fc.constantFrom('usd', 'usd', 'eur'),
    caseType: fc.constantFrom(null, 'chargeback', 'resolution', 'block'),
    isChargeRefundable: fc.constantFrom(null, true, false),
    withdrawnAt: moment,
    reinstatedAt: moment,
    balanceCurrency: fc.constantFrom(null, 'usd', 'gbp'),
    withdrawnSum: fc.nat(5_000),
    reinstatedSum: fc.nat(3_000),
  });
  const mixes = fc.record({
    amount: fc.nat(2_000),
    refunds: fc.array(refund, { maxLength: 4 }),
    disputes: fc.array(dispute, { maxLength: 3 }),
    refundedHigh: fc.nat(2_500),
  });
  /** 19.99 of `$19.99`, in minor units. */
  const minor = (text: string) => Number(text.replaceAll(/\D/g, ''));

  it('adds up to what they paid, in every mix [Build 3]', () => {
    fc.assert(
      fc.property(mixes, ({ amount, refunds, disputes, refundedHigh }) => {
        const money = { ...NO_MONEY_FACTS, refunds, disputes: disputes.map(disputeFacts), refundedHigh };
        const state = derivePaymentState({ ...paid, amount }, money);
        const rows = money.disputes.map((facts) =>
          Object.assign(new PaymentDispute(), { id: 'dp_1', createdAt: at(0), ...facts }),
        );
        const asked = refunds.filter(({ status }) => status === 'requested');
        const requested = { amount: asked.reduce((sum, one) => sum + one.amount, 0), status: 'requested' as const };
        const given = { shown: [], earlier: { count: 0, amount: 0 }, requested };
        const row = { ...paid, ...state, amount, createdAt: at(0) };
        const summary = summarize(row as never, given, rows);
        const view = paymentView(summary, english);

        expect(minor(view.refundedText) + minor(view.disputedText) + minor(view.remainsText)).toBe(amount);
        expect(view.remainsText).not.toContain('-');
        const held = view.disputes.map(({ taken }) => taken);
        expect(held.reduce((total, taken) => total + taken, 0)).toBe(state.amountDisputed);
        for (const { taken, text, currency } of view.disputes) {
          const amounts = [...text.matchAll(/[$€][\d.,]+\d/g)].map(([shown]) => minor(shown));
          // A sentence that says how much a bank has names what is taken; in another currency, the amount that was disputed.
          if (taken > 0 && currency === 'usd') expect(amounts).toContain(taken);
          if (taken === 0) expect(text).not.toMatch(/holds (?!no money)|gives/);
        }
        expect(summary).toMatchObject({ amountDisputed: state.amountDisputed, refundable: state.refundable });
        expect(state.refundable).toBeLessThanOrEqual(amount - state.amountRefunded - state.amountDisputed);
        const isKept = state.amountRefunded + state.amountDisputed < amount;
        if (amount > 0) expect(['paid', 'partially_refunded'].includes(state.status)).toBe(isKept);
      }),
      { numRuns: 2_000 },
    );
  });
});
