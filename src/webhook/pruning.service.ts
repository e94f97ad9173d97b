import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { HandlerRun, WebhookEvent } from './webhook-event.entity.js';

/** Events that one transaction deletes: on SQLite, intake waits for it. */
const BATCH_SIZE = 200;

/** Deletes old events that are done or ignored, with their runs. Pending and dead ones are kept, however old. */
@Injectable()
export class Pruning {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /**
   * Deletes in small batches, beside a running app.
   * @param progress called after each batch with the number of events deleted so far
   * @returns how many events were deleted
   */
  async prune(receivedBefore: Date, progress: (pruned: number) => void = () => undefined): Promise<number> {
    let pruned = 0;
    for (;;) {
      const batch = await this.pruneBatch(receivedBefore);
      pruned += batch;
      if (batch > 0) progress(pruned);
      if (batch < BATCH_SIZE) return pruned;
    }
  }

  /** Searches on the reading connection, so that other writers wait only for the deletion. */
  private async pruneBatch(receivedBefore: Date): Promise<number> {
    const finished = { status: In(['done', 'ignored'] as const), receivedAt: LessThan(receivedBefore) };
    const old = await this.events.find({
      select: { id: true },
      where: finished,
      order: { receivedAt: 'ASC' },
      take: BATCH_SIZE,
    });
    const ids = old.map(({ id }) => id);
    await this.units.run(
      async (tx) => {
        await tx.delete(HandlerRun, { eventId: In(ids) });
        await tx.delete(WebhookEvent, { id: In(ids), ...finished });
      },
      { queue: 'handling' },
    );
    return ids.length;
  }
}
