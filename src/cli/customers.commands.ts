import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { CustomerErasure } from '../customers/customer-erasure.service.js';
import { CustomerReader, type CustomerSummary } from '../customers/customer-reader.service.js';
import { SubscriptionReader } from '../subscriptions/account/subscription-reader.service.js';
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

/** `customers list | show | erase` */
export function addCustomersCommands(customers: Command): void {
  withLimit(customers.command('list').description('customers, newest first')).action(
    async ({ json, limit }: ListOptions) => {
      const { shown, total } = await withApp(async (app) => {
        const { customers: found, total: all } = await app.get(CustomerReader).list({ limit });
        return { shown: await withSubscriptions(app, found), total: all };
      });
      print(json, { customers: shown.map(documentOf), total }, () => [...shown.map(lineOf), `${total} in all`]);
    },
  );

  withJson(customers.command('show <id>').description("a customer, by our id, Stripe's (cus_…) or its owner's")).action(
    async (id: string, { json }: OutputOptions) => {
      const [found] = await withApp(async (app) => {
        const one = await app.get(CustomerReader).details(id);
        return withSubscriptions(app, one ? [one] : []);
      });
      if (!found) throw new NotFoundError('customer', id);
      print(json, documentOf(found), () => [
        lineOf(found),
        ...found.subscriptions.map((one) => `  ${one.id}  ${one.status}`),
      ]);
    },
  );

  withJson(
    customers
      .command('erase <id>')
      .description(
        "delete a customer at Stripe and its personal data here, for good, by our id, Stripe's (cus_…) or its owner's",
      ),
  ).action(async (id: string, { json }: OutputOptions) => {
    const result = await withApp((app) => app.get(CustomerErasure).erase(id));
    if (result.outcome === 'unknown_customer') throw new NotFoundError('customer', id);
    if (result.outcome === 'kept') {
      printError(`Nothing is erased: ${result.reason}`);
      process.exitCode = EXIT.failed;
      return;
    }
    print(json, result, () => [
      ...result.customers.map((one) => `Customer ${one} is erased, here and at Stripe.`),
      'Events that came in before are kept as they came until they are pruned: npm run cli -- events prune --help',
    ]);
  });
}

/** Its subscriptions are in another room: ids and statuses, newest first. */
type Shown = CustomerSummary & { subscriptions: { id: string; status: string }[] };

async function withSubscriptions(
  app: INestApplicationContext,
  customers: readonly CustomerSummary[],
): Promise<Shown[]> {
  const ids = customers.flatMap(({ stripeCustomerId }) => stripeCustomerId ?? []);
  const found = await app.get(SubscriptionReader).ofCustomers(ids);
  return customers.map((one) => ({ ...one, subscriptions: found.get(one.stripeCustomerId ?? '') ?? [] }));
}

const documentOf = ({ owner, createdAt, deletedAt, ...customer }: Shown) => ({
  id: customer.id,
  customer: customer.stripeCustomerId,
  ownerType: owner.type,
  ownerId: owner.id,
  email: customer.email,
  name: customer.name,
  livemode: customer.livemode,
  createdAt: createdAt.toISOString(),
  deletedAt: deletedAt?.toISOString() ?? null,
  subscriptions: customer.subscriptions,
});

const lineOf = ({ createdAt, owner, stripeCustomerId, email, deletedAt }: CustomerSummary) =>
  [
    createdAt.toISOString(),
    `${owner.type} ${owner.id}`,
    email,
    stripeCustomerId ?? 'not at Stripe yet',
    deletedAt ? `deleted ${deletedAt.toISOString()}` : '',
  ]
    .join('  ')
    .trimEnd();
