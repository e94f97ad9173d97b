import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type Claim, LostLeaseError } from './claim.js';
import { Claims } from './claims.service.js';
import { HandlerRegistry } from './handler-registry.js';

/**
 * Handles many fresh events in one transaction, with one statement for all their runs and one for all the events. Where
 * one of them fails, nothing of the group is stored, and each is to be run on its own.
 */
@Injectable()
export class GroupRunner {
  constructor(
    private readonly units: UnitOfWork,
    private readonly claims: Claims,
    private readonly registry: HandlerRegistry,
  ) {}

  /** Whether an event may go with others: nothing is known of it yet, and nothing is to be fetched for it. */
  takes({ event, attempts }: Claim): boolean {
    return attempts === 1 && this.takesType(event.type);
  }

  /** Whether fresh events of a type may go with others. */
  takesType(type: string): boolean {
    const handlers = this.registry.handlersFor(type);
    return handlers.length > 0 && handlers.every(({ handler }) => !handler.load);
  }

  async run(group: readonly Claim[]): Promise<void> {
    await this.units.run(async (tx) => {
      const runs: string[] = [];
      for (const { event } of group) {
        for (const { name, handler } of this.registry.handlersFor(event.type)) {
          await handler.apply(event, tx, undefined);
          runs.push(event.id, name);
        }
      }
      await insertRuns(tx, runs);
      await this.complete(
        tx,
        group.map(({ event }) => event.id),
      );
    });
  }

  /** Marks the events done, if every claim still holds: this fences the whole transaction. */
  private async complete(tx: EntityManager, ids: readonly string[]): Promise<void> {
    const places = ids.map((_, at) => `$${at + 2}`).join();
    const sql = `UPDATE webhook_events SET status = 'done', lease_token = NULL, next_attempt_at = NULL WHERE lease_token = $1 AND status = 'pending' AND id IN (${places})`;
    const result = await tx.queryRunner?.query(sql, [this.claims.token, ...ids], true);
    if (result?.affected !== ids.length) throw new LostLeaseError(ids);
  }
}

/** `pairs` holds an event's id and a handler's name, in turn. */
async function insertRuns(tx: EntityManager, pairs: readonly string[]): Promise<void> {
  const rows = Array.from({ length: pairs.length / 2 }, (_, at) => `($${2 * at + 1}, $${2 * at + 2}, 'done', 1)`);
  await tx.query(`INSERT INTO webhook_handler_runs (event_id, handler, status, attempts) VALUES ${rows.join()}`, [
    ...pairs,
  ]);
}
