import { type Command, Option } from 'commander';
import { formatAmount } from '../payments/money.js';
import { PaymentReader } from '../payments/reading/payment-reader.service.js';
import { REFUND_REASONS, type RefundReason } from '../payments/refunds/refund-reason.js';
import { type RefundResult, RefundService } from '../payments/refunds/refund.service.js';
import { EXIT } from './exit.js';
import { type OutputOptions, positiveInteger, withJson } from './options.js';
import { NotFoundError, print } from './print.js';
import { withApp } from './with-app.js';

interface RefundOptions extends OutputOptions {
  amount?: number;
  reason?: RefundReason;
}

/** `payments refund`: exits with 1 where nothing was refunded. */
export function addRefundCommand(payments: Command): void {
  withJson(payments.command('refund <id>').description('give a payment back, whole or in part'))
    .addOption(new Option('--amount <n>', 'minor units; all that is left, where left out').argParser(positiveInteger))
    .addOption(new Option('--reason <reason>', 'for Stripe').choices(REFUND_REASONS))
    .action(async (id: string, { json, amount, reason }: RefundOptions) => {
      const result = await withApp(async (app) => {
        const payment = await app.get(PaymentReader).story(id);
        return (
          payment && app.get(RefundService).request({ payment: { id: payment.id }, amount, reason }, 'command line')
        );
      });
      if (!result || result.outcome === 'unknown_payment') throw new NotFoundError('payment', id);
      print(json, result, () => [lineOf(result)]);
      if (result.outcome === 'declined' || result.outcome === 'too_much') process.exitCode = EXIT.failed;
    });
}

function lineOf(result: Exclude<RefundResult, { outcome: 'unknown_payment' }>): string {
  switch (result.outcome) {
    case 'refunded':
      return `${formatAmount(result.amount, result.currency)} ${result.pending ? 'on its way' : 'refunded'} (${result.refundId})`;
    case 'queued':
      return 'Stripe did not answer: written down, and finished by the running app.';
    case 'declined':
      return `Stripe declined the refund: ${result.reason}`;
    case 'too_much':
      return `No more than ${formatAmount(result.refundable, result.currency)} can be refunded.`;
  }
}
