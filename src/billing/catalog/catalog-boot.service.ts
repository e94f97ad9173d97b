import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Env } from '../../config/env.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { CatalogStatus, CatalogSync } from './catalog-sync.service.js';
import { Offers } from './offers.service.js';

const RETRY_AFTER_S = 15;

/**
 * Once the app listens, syncs the catalog to Stripe. In production it only compares the two and logs the differences. While Stripe
 * does not answer it is repeated every 15 s; the boot does not wait for it.
 */
@Injectable()
export class CatalogBoot implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Catalog');
  private readonly task = new RecurringTask(
    {
      name: 'Catalog',
      periodMs: RETRY_AFTER_S * 1_000,
      onError: (error) =>
        this.logger.warn(`The catalog is not ready and is tried again in ${RETRY_AFTER_S} s. ${String(error)}`),
    },
    () => this.prepare(),
  );
  private firstTry!: () => void;

  /** Resolves once the first try has ended, also if it failed. */
  readonly tried = new Promise<void>((resolve) => (this.firstTry = resolve));

  constructor(
    private readonly env: Env,
    private readonly catalog: CatalogSync,
    private readonly status: CatalogStatus,
    private readonly offers: Offers,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  private async prepare(): Promise<void> {
    try {
      if (this.env.production) await this.compare();
      else await this.sync();
      this.task.stop(); // done
      await this.offers.current().catch(() => undefined); // it has logged the reason
    } finally {
      this.firstTry();
    }
  }

  private async sync(): Promise<void> {
    for (const { lookupKey, product, price, archivedPrices } of await this.catalog.sync()) {
      if (product === 'unchanged' && price === 'unchanged' && archivedPrices.length === 0) continue;
      this.logger.log(`Synced ${lookupKey}: product ${product}, price ${price}`);
    }
    this.offers.refresh();
  }

  private async compare(): Promise<void> {
    for (const { lookupKey, state } of await this.status.list()) {
      if (state === 'in_sync') continue;
      const missing = state === 'missing';
      const what = missing
        ? 'has no active price at Stripe, so it cannot be bought'
        : 'has another amount, currency, interval or product at Stripe';
      this.logger.warn(`${lookupKey} ${what}. Run: npm run cli -- catalog sync`);
    }
  }
}
