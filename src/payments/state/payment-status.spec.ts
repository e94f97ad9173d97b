import fc from 'fast-check';
import { paymentFacts } from '../../../test/support/payment-facts.js';
import { NO_MONEY_FACTS, type PaymentFacts, type RefundFacts, type RefundStatus } from './payment-facts.js';
import { derivePaymentState } from './payment-status.js';
import { laterRefundState, type RefundState, readRefundStatus } from './refund-state.js';

const then = new Date(1_795_000_000_000);
const nothingYet = paymentFacts();
const paid: PaymentFacts = { ...nothingYet, settledAt: then };
const money = (refunds: readonly RefundFacts[], refundedHigh = 0) => ({ ...NO_MONEY_FACTS, refunds, refundedHigh });
const refund = (amount: number, status: RefundStatus) => ({ amount, status });

describe('a payment', () => {
  it.each([
    ['pending', nothingYet],
    ['processing', { ...nothingYet, processingAt: then }],
    ['paid', paid],
    ['paid', { ...paid, processingAt: then, failedAt: then, expiredAt: then }],
    ['failed', { ...nothingYet, processingAt: then, failedAt: then }],
    ['expired', { ...nothingYet, expiredAt: then }],
  ] as const)('is %s, whatever else was known before', (status, facts) => {
    expect(derivePaymentState(facts).status).toBe(status);
  });

  it('is partially refunded until all of it went back', () => {
    expect(derivePaymentState(paid, money([refund(500, 'succeeded')]))).toMatchObject({
      status: 'partially_refunded',
      amountRefunded: 500,
      amountDisputed: 0,
      refundable: 1499,
    });
    expect(derivePaymentState(paid, money([refund(500, 'succeeded'), refund(1499, 'pending')])).status).toBe(
      'refunded',
    );
  });

  it('is paid again when its refund failed', () => {
    expect(derivePaymentState(paid, money([refund(1999, 'failed')]))).toMatchObject({
      status: 'paid',
      amountRefunded: 0,
      amountDisputed: 0,
      refundable: 1999,
    });
  });

  it('believes the sum of the charge where that came before the refund, but not after the refund failed', () => {
    expect(derivePaymentState(paid, money([], 1999)).status).toBe('refunded');
    expect(derivePaymentState(paid, money([refund(1999, 'failed')], 1999)).status).toBe('paid');
  });

  it('takes a refund that was refused for what it is: none', () => {
    expect(derivePaymentState(paid, money([refund(1999, 'refused')], 1999))).toMatchObject({
      status: 'refunded',
      refundable: 0,
    });
  });

  it('holds back what is asked for but not made yet', () => {
    expect(derivePaymentState(paid, money([refund(1500, 'requested')]))).toMatchObject({
      status: 'paid',
      refundable: 499,
    });
  });

  it('never has more refunded or refundable than its amount', () => {
    const statuses = fc.constantFrom<RefundStatus>('requested', 'pending', 'succeeded', 'failed', 'canceled');
    const refunds = fc.array(fc.record({ amount: fc.nat(5_000), status: statuses }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), refunds, (amount, chargeRefundedHigh, given) => {
        const state = derivePaymentState({ ...paid, amount }, money(given, chargeRefundedHigh));
        expect(state.amountRefunded).toBeGreaterThanOrEqual(0);
        expect(state.refundable).toBeGreaterThanOrEqual(0);
        expect(state.amountRefunded + state.refundable).toBeLessThanOrEqual(amount);
      }),
    );
  });
});

describe('the state of a refund', () => {
  it('is the same in whatever order, and however often, facts come', () => {
    const statuses = fc.constantFrom<RefundStatus>('pending', 'requires_action', 'succeeded', 'failed', 'canceled');
    const state = fc.record({ status: statuses, statusAt: fc.nat(3).map((second) => new Date(second * 1_000)) });
    const end = (given: readonly RefundState[]) => given.reduce(laterRefundState);
    fc.assert(
      fc.property(fc.array(state, { minLength: 1 }), fc.infiniteStream(fc.nat()), (given, random) => {
        const again = [...given, ...given].toSorted(() => (random.next().value % 2) - 0.5);
        expect(end(again)).toEqual(end(given));
      }),
    );
  });

  it('goes back and forth while it is open, and the later one counts; then no more [M12]', () => {
    const at = (second: number, status: RefundStatus) => ({ status, statusAt: new Date(second * 1_000) });
    const [asks, waits, asksAgain, done] = [
      at(1, 'requires_action'),
      at(2, 'pending'),
      at(3, 'requires_action'),
      at(2, 'succeeded'),
    ];
    expect(laterRefundState(asks, waits)).toEqual(waits);
    expect(laterRefundState(waits, asks)).toEqual(waits);
    expect(laterRefundState(waits, asksAgain)).toEqual(asksAgain);
    expect(laterRefundState(asksAgain, done)).toEqual(done);
    expect(laterRefundState(done, at(9, 'succeeded'))).toEqual(done);
    expect(laterRefundState(at(2, 'requires_action'), waits)).toEqual(waits);
  });

  it('counts as on its way where Stripe has a word that we do not know', () => {
    expect(readRefundStatus('succeeded')).toBe('succeeded');
    expect(readRefundStatus('teleported')).toBe('pending');
    expect(readRefundStatus('requested')).toBe('pending');
    expect(readRefundStatus(null)).toBe('pending');
  });
});
