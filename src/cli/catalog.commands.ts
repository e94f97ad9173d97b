import type { Command } from 'commander';
import { CatalogStatus, CatalogSync } from '../billing/catalog/catalog-sync.service.js';
import { formatAmount } from '../payments/state/money.js';
import { type OutputOptions, print, withApp, withJson } from './command.js';

/** `catalog sync | archive | list` */
export function addCatalogCommands(catalog: Command): void {
  withJson(
    catalog.command('sync').description('bring src/billing/catalog/catalog.ts to Stripe; safe to repeat'),
  ).action(async ({ json }: OutputOptions) => {
    const items = await withApp((app) => app.get(CatalogSync).sync());
    print(json, { items }, () =>
      items.map(
        ({ lookupKey, product, price, priceId }) => `${lookupKey}: product ${product}, price ${price} (${priceId})`,
      ),
    );
  });

  withJson(catalog.command('archive').description('archive the catalog at Stripe: nothing can be bought')).action(
    async ({ json }: OutputOptions) => {
      const archived = await withApp((app) => app.get(CatalogSync).archive());
      print(json, { archived }, () =>
        archived.length ? archived.map((id) => `archived ${id}`) : ['Nothing to archive.'],
      );
    },
  );

  withJson(catalog.command('list').description('the catalog beside what Stripe has')).action(
    async ({ json }: OutputOptions) => {
      const items = await withApp((app) => app.get(CatalogStatus).list());
      print(json, { items }, () =>
        items.map(({ lookupKey, name, amount, currency, state }) =>
          [lookupKey, formatAmount(amount, currency), state.replace('_', ' '), name].join('  '),
        ),
      );
    },
  );
}
