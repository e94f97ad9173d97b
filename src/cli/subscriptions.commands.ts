import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { type FailingRead, FailingReads } from '../subscriptions/account/failing-reads.service.js';
import { SubscriptionCancel } from '../subscriptions/account/subscription-cancel.service.js';
import {
  type InvoiceSummary,
  type SubscriptionDetails,
  SubscriptionReader,
} from '../subscriptions/account/subscription-reader.service.js';
import { readReason } from '../subscriptions/access/reason.js';
import { formatAmount } from '../payments/state/money.js';
import { CustomerReader } from '../customers/customer-reader.service.js';
import {
  commandLineActor,
  EXIT,
  type ListOptions,
  NotFoundError,
  type OutputOptions,
  print,
  printError,
  withApp,
  withJson,
  withLimit,
} from './command.js';

/** Its customer's address is in another room. */
type Shown = SubscriptionDetails & { email: string | null };

/** `subscriptions list | show | cancel` */
export function addSubscriptionsCommands(subscriptions: Command): void {
  withLimit(subscriptions.command('list').description('subscriptions, newest first')).action(
    async ({ json, limit }: ListOptions) => {
      const { shown, total, failing } = await withApp(async (app) => {
        const { subscriptions: found, total: all } = await app.get(SubscriptionReader).list({ limit });
        return { shown: await withEmails(app, found), total: all, failing: await app.get(FailingReads).count() };
      });
      print(json, { subscriptions: shown.map(documentOf), total, failingReads: failing }, () => [
        ...shown.map(lineOf),
        `${total} in all`,
        ...(failing > 0 ? [`${failing} subscriptions and invoices could not be read or stored; the log says why`] : []),
      ]);
    },
  );

  withJson(subscriptions.command('show <id>').description('a subscription with its history and invoices')).action(
    async (id: string, { json }: OutputOptions) => {
      const { found, failing, invoices } = await withApp(async (app) => {
        const reader = app.get(SubscriptionReader);
        const one = await reader.details(id);
        const [shown] = await withEmails(app, one ? [one] : []);
        return {
          found: shown,
          failing: await app.get(FailingReads).ofSubscription(id),
          invoices: await reader.invoicesOf(id),
        };
      });
      if (!found) {
        printError(...failing.map(failingLine));
        throw new NotFoundError('subscription', id);
      }
      const document = {
        ...documentOf(found),
        invoices: invoices.map(invoiceDocument),
        failingReads: failing.map(failingDocument),
      };
      print(json, document, () => [
        lineOf(found),
        ...found.history.map(historyLine),
        ...invoices.map(invoiceLine),
        ...failing.map(failingLine),
      ]);
    },
  );

  withJson(subscriptions.command('cancel <id>').description('end a subscription; nothing is refunded'))
    .option('--at-period-end', 'at the end of what is paid for, instead of now')
    .action(async (id: string, { json, atPeriodEnd }: OutputOptions & { atPeriodEnd?: boolean }) => {
      const when = atPeriodEnd ? 'at_period_end' : 'now';
      const { result, shown } = await withApp(async (app) => {
        const canceled = await app.get(SubscriptionCancel).cancel(id, when, commandLineActor());
        const found = 'subscription' in canceled ? [canceled.subscription] : [];
        return { result: canceled, shown: await withEmails(app, found) };
      });
      if (result.outcome === 'unknown_subscription') throw new NotFoundError('subscription', id);
      if (result.outcome === 'refused') {
        printError(`Stripe refused: ${result.reason}`);
        process.exitCode = EXIT.failed;
        return;
      }
      const { outcome } = result;
      const [subscription] = shown.map(documentOf);
      print(json, { outcome, subscription }, () => shown.map((one) => `${WORDS[outcome]}: ${lineOf(one)}`));
      if (outcome === 'ended_already') process.exitCode = EXIT.failed;
    });
}

const WORDS = { canceled: 'Canceled', ending: 'Ends with its period', ended_already: 'Had ended already' } as const;

async function withEmails(
  app: INestApplicationContext,
  subscriptions: readonly SubscriptionDetails[],
): Promise<Shown[]> {
  const emails = await app.get(CustomerReader).emailsOf(subscriptions.map((one) => one.stripeCustomerId));
  return subscriptions.map((one) => ({ ...one, email: emails.get(one.stripeCustomerId) ?? null }));
}

/** `userId` is the owner's id, whatever the owner is. */
const documentOf = (one: Shown) => ({
  id: one.id,
  customer: one.stripeCustomerId,
  ownerType: one.ownerType,
  userId: one.ownerId,
  email: one.email,
  plan: one.planKey,
  group: one.planGroup,
  quantity: one.quantity,
  status: one.status,
  access: one.access,
  accessUntil: isoOf(one.accessUntil),
  accessReason: readReason(one.accessReason)?.key ?? null,
  createdAt: one.createdAt.toISOString(),
  currentPeriodStart: isoOf(one.currentPeriodStart),
  currentPeriodEnd: isoOf(one.currentPeriodEnd),
  cancelAt: isoOf(one.endsAt),
  trialEnd: isoOf(one.trialEnd),
  endReason: one.endReason,
  pauseCollection: one.pauseCollection,
  latestInvoiceId: one.latestInvoiceId,
  duplicateOf: one.duplicateOf,
  items: one.items.map(({ id, planKey, priceId, quantity, unitAmount, currency, interval, intervalCount }) => ({
    id,
    plan: planKey,
    priceId,
    quantity,
    unitAmount,
    currency,
    interval,
    intervalCount,
  })),
  history: one.history.map(({ from, to, cause, at, actor }) => ({ from, to, cause, at: at.toISOString(), actor })),
});

const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;

const invoiceDocument = ({ id, number, status, amountDue, amountPaid, currency, ...one }: InvoiceSummary) => ({
  id,
  number,
  status,
  amountDue,
  amountPaid,
  currency,
  createdAt: one.createdAt.toISOString(),
  paidAt: isoOf(one.paidAt),
  paymentId: one.paymentId,
});

const invoiceLine = ({ id, number, status, amountDue, currency, createdAt, paymentId }: InvoiceSummary) =>
  `  ${createdAt.toISOString()}  invoice ${number ?? id}: ${formatAmount(amountDue, currency)}, ${status}${paymentId ? `, payment ${paymentId}` : ''}`;

const lineOf = ({ createdAt, status, planKey, quantity, email, id, endsAt }: Shown) =>
  [
    createdAt.toISOString(),
    status.padEnd(18),
    `${planKey ?? 'unknown plan'}${quantity > 1 ? ` x ${quantity}` : ''}`,
    email ?? '',
    id,
    endsAt ? `ends ${endsAt.toISOString()}` : '',
  ]
    .join('  ')
    .trimEnd();

const historyLine = ({ at, from, to, cause, actor }: SubscriptionDetails['history'][number]) =>
  `  ${at.toISOString()}  ${from ?? 'new'} -> ${to}  (${actor ? `${cause}, by ${actor}` : cause})`;

const failingDocument = ({ nextAttemptAt, ...read }: FailingRead) => ({
  ...read,
  nextAttemptAt: nextAttemptAt.toISOString(),
});

const failingLine = ({ kind, id, attempts, error, nextAttemptAt }: FailingRead) =>
  `  What Stripe says of the ${kind} ${id} is not stored, after ${attempts} attempts; the next is at ${nextAttemptAt.toISOString()}: ${error}`;
