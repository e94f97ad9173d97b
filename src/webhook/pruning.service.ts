import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { HandlerRun, WebhookEvent } from './webhook-event.entity.js';

/** Events that are deleted in one transaction: intake of a running app waits for no longer than this takes. */
const BATCH = 200;

/** Deletes old events that are finished: done or ignored. What is pending or dead stays, however old. */
@Injectable()
export class Pruning {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /** @returns how many events were deleted; `progress` is told the sum so far */
  async prune(receivedBefore: Date, progress: (pruned: number) => void = () => undefined): Promise<number> {
    let pruned = 0;
    for (;;) {
      const batch = await this.pruneBatch(receivedBefore);
      pruned += batch;
      if (batch > 0) progress(pruned);
      if (batch < BATCH) return pruned;
    }
  }

  /** Looks through the connection for reading, so that only the deleting holds others up. */
  private async pruneBatch(receivedBefore: Date): Promise<number> {
    const finished = { status: In(['done', 'ignored'] as const), receivedAt: LessThan(receivedBefore) };
    const old = await this.events.find({
      select: { id: true },
      where: finished,
      order: { receivedAt: 'ASC' },
      take: BATCH,
    });
    const ids = old.map(({ id }) => id);
    await this.units.run(async (tx) => {
      await tx.delete(HandlerRun, { eventId: In(ids) });
      await tx.delete(WebhookEvent, { id: In(ids), ...finished });
    });
    return ids.length;
  }
}
