import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Env } from '../../config/env.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { CatalogStatus, CatalogSync } from './catalog-sync.service.js';
import { Offers } from './offers.service.js';

const TRY_AGAIN_S = 15;

/**
 * Gets the catalog ready once the app listens. Outside production it is synced; in production it is only looked at, and
 * what is missing is said. Boot never waits for it: while Stripe cannot be reached, it is tried again later.
 */
@Injectable()
export class CatalogBoot implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Catalog');
  private readonly task = new RecurringTask(
    {
      name: 'Catalog',
      periodMs: TRY_AGAIN_S * 1_000,
      onError: (error) =>
        this.logger.warn(`The catalog is not ready and is tried again in ${TRY_AGAIN_S} s. ${String(error)}`),
    },
    () => this.prepare(),
  );
  private firstTry!: () => void;

  /** Resolves once the first try is over, whatever came of it. */
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
      if (this.env.production) await this.look();
      else await this.sync();
      this.task.stop(); // it is ready
      await this.offers.current().catch(() => undefined); // it has said why
    } finally {
      this.firstTry();
    }
  }

  private async sync(): Promise<void> {
    for (const { lookupKey, product, price, archivedPrices } of await this.catalog.sync()) {
      if (product === 'unchanged' && price === 'unchanged' && archivedPrices.length === 0) continue;
      this.logger.log(`Synced ${lookupKey}: product ${product}, price ${price}`);
    }
    this.offers.forget();
  }

  private async look(): Promise<void> {
    for (const { lookupKey, state } of await this.status.list()) {
      if (state === 'in_sync') continue;
      const missing = state === 'missing';
      const what = missing ? 'has no active price at Stripe, so it cannot be bought' : 'costs something else at Stripe';
      this.logger.warn(`${lookupKey} ${what}. Run: npm run cli -- catalog sync`);
    }
  }
}
