import type { Command } from 'commander';
import { DisputeReader, type DisputedPayment } from '../payments/account/dispute-reader.service.js';
import { type OperatorPayment, PaymentReader } from '../payments/account/payment-reader.service.js';
import { type AcceptResult, PaymentReview, type PaymentToReview } from '../payments/account/payment-review.service.js';
import type { PaymentDetails } from '../payments/account/payment.summary.js';
import { awaitsEvidence } from '../payments/state/dispute-state.js';
import { formatAmount } from '../payments/state/money.js';
import {
  EXIT,
  type ListOptions,
  NotFoundError,
  type OutputOptions,
  print,
  withApp,
  withJson,
  withLimit,
} from './command.js';
import { addRefundCommand } from './payments-refund.command.js';

/** `payments review | accept`: payments that a person has to decide about. */
export function addReviewCommands(payments: Command): void {
  withJson(payments.command('review').description('payments that a person should look at, with the reason')).action(
    async ({ json }: OutputOptions) => {
      const found = await withApp((app) => app.get(PaymentReview).list());
      print(json, { payments: found.map(documentOf), total: found.length }, () => [
        ...found.flatMap(linesOf),
        `${found.length} in all`,
      ]);
    },
  );

  withJson(
    payments.command('accept <id>').description('settle a payment at what was charged, which nothing explains'),
  ).action(async (id: string, { json }: OutputOptions) => {
    const result = await withApp(async (app) => {
      const payment = await app.get(PaymentReader).details(id);
      return payment && app.get(PaymentReview).accept(payment.id, 'command line');
    });
    if (!result || result.outcome === 'unknown_payment') throw new NotFoundError('payment', id);
    print(json, result, () => [lineOf(result)]);
    if (result.outcome === 'nothing_to_accept') process.exitCode = EXIT.failed;
  });
}

const documentOf = ({ createdAt, ...payment }: PaymentToReview) => ({ ...payment, createdAt: createdAt.toISOString() });

const linesOf = ({ createdAt, status, amount, currency, email, id, reasons }: PaymentToReview): string[] => [
  [createdAt.toISOString(), status.padEnd(18), formatAmount(amount, currency), email, id].join('  '),
  ...reasons.map((reason) => `  ${reason}`),
];

function lineOf(result: Exclude<AcceptResult, { outcome: 'unknown_payment' }>): string {
  if (result.outcome === 'nothing_to_accept')
    return 'What was charged is explained or accepted already: nothing to do.';
  return `Settled at ${formatAmount(result.amount, result.currency)}: ${result.status}.`;
}

/** `payments list | show | refund | review | accept | disputes` */
export function addPaymentsCommands(payments: Command): void {
  withLimit(payments.command('list').description('payments, newest first'))
    .option('--email <email>', "only this customer's")
    .action(async ({ json, email, limit }: ListOptions & { email?: string }) => {
      const found = await withApp((app) => app.get(PaymentReader).list({ email, limit }));
      const document = { payments: found.payments.map(paymentDocument), total: found.total };
      print(json, document, () => [...found.payments.map(paymentLine), `${found.total} in all`]);
    });

  withJson(
    payments.command('show <id>').description('one payment, by its id, its Checkout Session or its Payment Intent'),
  ).action(async (id: string, { json }: OutputOptions) => {
    const payment = await withApp((app) => app.get(PaymentReader).details(id));
    if (!payment) throw new NotFoundError('payment', id);
    print(json, paymentDocument(payment), () => [
      paymentLine(payment),
      ...payment.refunds.map((refund) => refundLine(refund, payment.currency)),
      ...payment.disputes.map((dispute) => disputeLine(dispute, payment.currency)),
      ...payment.earlyFraudWarnings.map((warning) => warningLine(warning, payment)),
      ...payment.history.map(historyLine),
    ]);
  });

  addRefundCommand(payments);
  addReviewCommands(payments);

  withLimit(payments.command('disputes').description('disputes, the next deadline for evidence first'))
    .option('--open', 'only those that wait for evidence')
    .action(async ({ json, open, limit }: ListOptions & { open?: boolean }) => {
      const found = await withApp((app) => app.get(DisputeReader).list());
      const which = open ? found.filter(({ status }) => awaitsEvidence(status)) : found;
      const shown = which.slice(0, limit);
      print(json, { disputes: shown.map(disputeDocument), total: which.length }, () => [
        ...shown.map(disputedLine),
        `${which.length} in all`,
      ]);
    });
}

const disputeDocument = ({ dueBy, withdrawnAt, reinstatedAt, createdAt, ...dispute }: DisputedPayment) => ({
  ...dispute,
  dueBy: dueBy?.toISOString() ?? null,
  withdrawnAt: withdrawnAt?.toISOString() ?? null,
  reinstatedAt: reinstatedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const disputedLine = ({ id, amount, currency, status, reason, dueBy, email, paymentId }: DisputedPayment) => {
  const deadline = awaitsEvidence(status) && dueBy ? `evidence by ${dueBy.toISOString()}` : '';
  return [status.padEnd(22), formatAmount(amount, currency), reason, email, id, paymentId, deadline]
    .join('  ')
    .trimEnd();
};

const paymentDocument = (payment: OperatorPayment) => ({
  id: payment.id,
  checkoutSessionId: payment.checkoutSessionId,
  paymentIntentId: payment.paymentIntentId,
  email: payment.email,
  amount: payment.amount,
  amountRefunded: payment.amountRefunded,
  requested: payment.requested,
  charged: payment.charged,
  amountDisputed: payment.amountDisputed,
  currency: payment.currency,
  status: payment.status,
  createdAt: payment.createdAt.toISOString(),
  refunds: payment.refunds.map(({ id, amount, status, requestedBy }) => ({ id, amount, status, requestedBy })),
  disputes: payment.disputes.map(({ id, amount, currency, status, dueBy }) => ({
    id,
    amount,
    currency,
    status,
    dueBy: dueBy?.toISOString() ?? null,
  })),
  earlyFraudWarnings: payment.earlyFraudWarnings.map(({ createdAt, ...warning }) => ({
    ...warning,
    createdAt: createdAt.toISOString(),
  })),
  history: payment.history.map(({ from, to, cause, at, learnedAt, actor }) => ({
    from,
    to,
    cause,
    at: at.toISOString(),
    learnedAt: (learnedAt ?? at).toISOString(),
    actor,
  })),
});

const paymentLine = ({ createdAt, status, amount, currency, email, id }: PaymentDetails) =>
  [createdAt.toISOString(), status.padEnd(18), formatAmount(amount, currency), email, id].join('  ');

const refundLine = (refund: PaymentDetails['refunds'][number], currency: string) => {
  const { id, amount, status, reason, failureReason, requestedBy } = refund;
  const failed = failureReason ? ` (${failureReason})` : '';
  const who = requestedBy ? `asked for by ${requestedBy}` : 'made outside of this app';
  return `  refund ${id}: ${formatAmount(amount, currency)}, ${status}${failed}, for ${reason ?? 'no given reason'}, ${who}`;
};

const disputeLine = (
  { id, amount, currency, status, reason, taken }: PaymentDetails['disputes'][number],
  paymentCurrency: string,
) => {
  const takes = taken > 0 ? `, takes ${formatAmount(taken, paymentCurrency)}` : '';
  return `  dispute ${id}: ${formatAmount(amount, currency)}, ${status}, for ${reason}${takes}`;
};

const warningLine = (
  { id, fraudType, actionable }: OperatorPayment['earlyFraudWarnings'][number],
  { id: paymentId, refundable }: OperatorPayment,
) => {
  const advice = `refund it before it is disputed: npm run cli -- payments refund ${paymentId} --reason fraudulent`;
  return `  early fraud warning ${id}: ${fraudType}${actionable && refundable > 0 ? `, ${advice}` : ', over'}`;
};

const historyLine = ({ at, from, to, cause, actor }: PaymentDetails['history'][number]) =>
  `  ${at.toISOString()}  ${from ?? 'new'} -> ${to}  (${actor ? `${cause}, by ${actor}` : cause})`;
