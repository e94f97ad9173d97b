import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Clock } from '../../time/clock.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { Subscription } from '../store/subscription.entity.js';
import { AccessSync } from './access-sync.service.js';

const PAGE_SIZE = 100;

/** By the index on `derived_by`: where the catalog is the same, nothing is found at once. */
const OTHER_CATALOG = `
  SELECT id FROM subscriptions
  WHERE ended_at IS NULL AND (derived_by < $1 OR derived_by > $1) AND id > $2
  ORDER BY id LIMIT ${PAGE_SIZE}`;

/**
 * Derives access again, once after a start, for subscriptions that were derived with another catalog: a plan may have other features
 * or settings now. In the background, one transaction each.
 */
@Injectable()
export class CatalogAccess implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private isStopped = false;

  constructor(
    private readonly units: UnitOfWork,
    private readonly store: SubscriptionStore,
    private readonly sync: AccessSync,
    private readonly clock: Clock,
    @InjectRepository(Subscription) private readonly subscriptions: Repository<Subscription>,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(
      () => void this.refresh().catch((error: unknown) => this.logger.error(`Access by the catalog: ${String(error)}`)),
    );
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
  }

  /** Returns how many were derived again. One that fails is logged, and derived with its next change or after the next start. */
  async refresh(): Promise<number> {
    let count = 0;
    for (let last = ''; ;) {
      const found: { id: string }[] = await this.subscriptions.query(OTHER_CATALOG, [this.sync.fingerprint, last]);
      for (const { id } of found) if (!this.isStopped && (await this.refreshOne(id))) count++;
      last = found.at(-1)?.id ?? last;
      if (found.length === PAGE_SIZE && !this.isStopped) continue;
      if (count > 0) this.logger.log(`The catalog has changed: the access of ${count} subscriptions was derived again`);
      return count;
    }
  }

  private async refreshOne(id: string): Promise<boolean> {
    try {
      await this.units.run((tx) => this.derive(tx, id), { queue: 'handling' });
      return true;
    } catch (error) {
      this.logger.error(`The access of ${id} was not derived by the new catalog: ${String(error)}`);
      return false;
    }
  }

  private async derive(tx: EntityManager, id: string): Promise<void> {
    const subscription = await this.store.lock(tx, id);
    if (subscription) await this.sync.refresh(tx, subscription, { cause: 'catalog', at: this.clock.now() });
  }
}
