import { type Command, Option } from 'commander';
import { formatAmount } from '../payments/state/money.js';
import { PaymentReader } from '../payments/account/payment-reader.service.js';
import { REFUND_REASONS, type RefundReason } from '../payments/state/refund-state.js';
import { type RefundResult, RefundService } from '../payments/refunds/refund.service.js';
import {
  commandLineActor,
  EXIT,
  NotFoundError,
  type OutputOptions,
  positiveInteger,
  print,
  withApp,
  withJson,
} from './command.js';

interface RefundOptions extends OutputOptions {
  amount?: number;
  reason?: RefundReason;
}

/** `payments refund`: exits with 1 if nothing was refunded. */
export function addRefundCommand(payments: Command): void {
  withJson(payments.command('refund <id>').description('give a payment back, whole or in part'))
    .addOption(new Option('--amount <n>', 'minor units; all that is left, where left out').argParser(positiveInteger))
    .addOption(new Option('--reason <reason>', 'for Stripe').choices(REFUND_REASONS))
    .action(async (id: string, { json, amount, reason }: RefundOptions) => {
      const result = await withApp(async (app) => {
        const payment = await app.get(PaymentReader).details(id);
        const requestedBy = commandLineActor();
        return (
          payment &&
          app.get(RefundService).request({ payment: { id: payment.id }, amount, reason, requestedBy }, 'command line')
        );
      });
      if (!result || result.outcome === 'unknown_payment') throw new NotFoundError('payment', id);
      print(json, result, () => [lineOf(result)]);
      process.exitCode = EXIT_OF[result.outcome];
    });
}

const EXIT_OF: Record<RefundResult['outcome'], number> = {
  refunded: EXIT.ok,
  queued: EXIT.ok,
  declined: EXIT.failed,
  too_much: EXIT.failed,
  too_many: EXIT.failed,
  unknown_payment: EXIT.failed,
  not_possible_amount: EXIT.usage,
};

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
    case 'not_possible_amount':
      return `${result.reason} --amount counts minor units: all that is left is ${result.refundable}.`;
    case 'too_many':
      return `The customer has asked for ${result.limit} refunds already.`;
  }
}
