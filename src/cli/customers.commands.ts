import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { CustomerReader, type CustomerSummary } from '../customers/customer-reader.service.js';
import { SubscriptionReader } from '../subscriptions/account/subscription-reader.service.js';
import { type ListOptions, NotFoundError, type OutputOptions, print, withApp, withJson, withLimit } from './command.js';

/** `customers list | show` */
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
