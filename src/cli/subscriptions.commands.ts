import type { Command } from 'commander';
import { type FailingRead, FailingReads } from '../subscriptions/account/failing-reads.service.js';
import { SubscriptionCancel } from '../subscriptions/account/subscription-cancel.service.js';
import { SubscriptionReader, type SubscriptionSummary } from '../subscriptions/account/subscription-reader.service.js';
import { CustomerReader } from '../customers/customer-reader.service.js';
import {
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
type Shown = SubscriptionSummary & { email: string | null };

/** `subscriptions list | show | cancel` */
export function addSubscriptionsCommands(subscriptions: Command): void {
  withLimit(subscriptions.command('list').description('subscriptions, newest first')).action(
    async ({ json, limit }: ListOptions) => {
      const { shown, total, failing } = await withApp(async (app) => {
        const found = await app.get(SubscriptionReader).list({ limit });
        const emails = await app.get(CustomerReader).emailsOf(found.subscriptions.map((one) => one.stripeCustomerId));
        return {
          shown: found.subscriptions.map((one) => withEmail(one, emails)),
          total: found.total,
          failing: await app.get(FailingReads).count(),
        };
      });
      print(json, { subscriptions: shown.map(documentOf), total, failingReads: failing }, () => [
        ...shown.map(lineOf),
        `${total} in all`,
        ...(failing > 0 ? [`${failing} subscriptions and invoices could not be read or stored; the log says why`] : []),
      ]);
    },
  );

  withJson(subscriptions.command('show <id>').description('a subscription with its history')).action(
    async (id: string, { json }: OutputOptions) => {
      const { found, failing } = await withApp(async (app) => {
        const one = await app.get(SubscriptionReader).details(id);
        return {
          found: one && withEmail(one, await app.get(CustomerReader).emailsOf([one.stripeCustomerId])),
          failing: await app.get(FailingReads).ofSubscription(id),
        };
      });
      if (!found) {
        printError(...failing.map(failingLine));
        throw new NotFoundError('subscription', id);
      }
      print(json, { ...documentOf(found), failingReads: failing.map(failingDocument) }, () => [
        lineOf(found),
        ...found.history.map(historyLine),
        ...failing.map(failingLine),
      ]);
    },
  );

  withJson(subscriptions.command('cancel <id>').description('end a subscription; nothing is refunded'))
    .option('--at-period-end', 'at the end of what is paid for, instead of now')
    .action(async (id: string, { json, atPeriodEnd }: OutputOptions & { atPeriodEnd?: boolean }) => {
      const when = atPeriodEnd ? 'at_period_end' : 'now';
      const result = await withApp((app) => app.get(SubscriptionCancel).cancel(id, when, 'command line'));
      if (result.outcome === 'unknown_subscription') throw new NotFoundError('subscription', id);
      if (result.outcome === 'refused') {
        printError(`Stripe refused: ${result.reason}`);
        process.exitCode = EXIT.failed;
        return;
      }
      const { outcome, subscription } = result;
      const shown = withEmail(subscription, new Map());
      print(json, { outcome, subscription: documentOf(shown) }, () => [`${WORDS[outcome]}: ${lineOf(shown)}`]);
      if (outcome === 'ended_already') process.exitCode = EXIT.failed;
    });
}

const WORDS = { canceled: 'Canceled', ending: 'Ends with its period', ended_already: 'Had ended already' } as const;

const withEmail = (subscription: SubscriptionSummary, emails: ReadonlyMap<string, string>): Shown => ({
  ...subscription,
  email: emails.get(subscription.stripeCustomerId) ?? null,
});

const documentOf = (one: Shown) => ({
  id: one.id,
  customer: one.stripeCustomerId,
  userId: one.ownerId,
  email: one.email,
  plan: one.planKey,
  quantity: one.quantity,
  status: one.status,
  access: one.access,
  accessUntil: one.accessUntil?.toISOString() ?? null,
  currentPeriodEnd: one.currentPeriodEnd?.toISOString() ?? null,
  cancelAt: one.endsAt?.toISOString() ?? null,
  trialEnd: one.trialEnd?.toISOString() ?? null,
  history: one.history.map(({ from, to, cause, at, actor }) => ({ from, to, cause, at: at.toISOString(), actor })),
});

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

const historyLine = ({ at, from, to, cause, actor }: SubscriptionSummary['history'][number]) =>
  `  ${at.toISOString()}  ${from ?? 'new'} -> ${to}  (${actor ? `${cause}, by ${actor}` : cause})`;

const failingDocument = ({ nextAttemptAt, ...read }: FailingRead) => ({
  ...read,
  nextAttemptAt: nextAttemptAt.toISOString(),
});

const failingLine = ({ kind, id, attempts, error, nextAttemptAt }: FailingRead) =>
  `  What Stripe says of the ${kind} ${id} is not stored, after ${attempts} attempts; the next is at ${nextAttemptAt.toISOString()}: ${error}`;
