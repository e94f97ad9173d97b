import type { Command } from 'commander';
import { formatAmount } from '../payments/money.js';
import { PaymentReader } from '../payments/reading/payment-reader.service.js';
import { PaymentReview, type PaymentToReview } from '../payments/reading/payment-review.service.js';
import { type AcceptResult, UnexplainedPayments } from '../payments/ledger/unexplained-payments.service.js';
import { EXIT } from './exit.js';
import { type OutputOptions, withJson } from './options.js';
import { NotFoundError, print } from './print.js';
import { withApp } from './with-app.js';

/** `payments review | accept`: what only a person can decide. */
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
      const payment = await app.get(PaymentReader).story(id);
      return payment && app.get(UnexplainedPayments).accept(payment.id, 'command line');
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
