import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inList, jsonRows, affectedRows, fromJsonRows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type Claim, LostLeaseError } from './claim.js';
import { Claims } from './claims.service.js';
import { HandlerRegistry, type NamedHandler, reasonToIgnore } from './handler-registry.js';

type Event = Claim['event'];

/** A handler failed on events that it was given together. Its own error is the cause. */
export class FailedInGroupError extends Error {
  constructor(handler: string, cause: unknown) {
    super(`${handler} failed on events that it was given together: ${String(cause)}`, { cause });
  }
}

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

  /** Whether an event may go with others: nothing is known of it yet, nothing is to be fetched for it, and all its handlers take it. */
  takes({ event, attempts }: Claim): boolean {
    return attempts === 1 && this.takesType(event.type) && this.allTake(event);
  }

  private allTake(event: Event): boolean {
    try {
      return this.registry.handlersFor(event.type).every((handler) => reasonToIgnore(handler, event) === undefined);
    } catch {
      return false; // on its own, which notes it as that handler's failure
    }
  }

  /** Whether fresh events of a type may go with others. */
  takesType(type: string): boolean {
    const handlers = this.registry.handlersFor(type);
    return handlers.length > 0 && handlers.every(({ handler }) => !handler.load);
  }

  async run(group: readonly Claim[]): Promise<void> {
    const events = group.map(({ event }) => event);
    let handling: string | undefined;
    const work = async (tx: EntityManager) => {
      for (const [{ name, handler }, taken] of this.byHandler(events)) {
        handling = name;
        if (handler.applyAll) await handler.applyAll(taken, tx);
        else for (const event of taken) await handler.apply(event, tx, undefined);
        handling = undefined;
        await insertRuns(tx, name, taken);
      }
      const ids = events.map(({ id }) => id);
      await this.complete(tx, ids);
    };
    try {
      await this.units.run(work);
    } catch (error) {
      throw handling === undefined ? error : new FailedInGroupError(handling, error);
    }
  }

  private byHandler(events: readonly Event[]): Map<NamedHandler, Event[]> {
    const byHandler = new Map<NamedHandler, Event[]>();
    for (const event of events)
      for (const handler of this.registry.handlersFor(event.type)) {
        const taken = byHandler.get(handler);
        if (taken) taken.push(event);
        else byHandler.set(handler, [event]);
      }
    return byHandler;
  }

  /** Marks the events done, if every claim still holds: this fences the whole transaction. */
  private async complete(tx: EntityManager, ids: readonly string[]): Promise<void> {
    const sql = `UPDATE webhook_events SET status = 'done', lease_token = NULL, next_attempt_at = NULL
       WHERE lease_token = $1 AND status = 'pending' AND ${inList(tx, 'id', 'varchar', '$2')}`;
    const completed = await affectedRows(tx, sql, [this.claims.token, jsonRows(ids.map((id) => [id]))]);
    if (completed !== ids.length) throw new LostLeaseError(ids);
  }
}

async function insertRuns(tx: EntityManager, handler: string, events: readonly Event[]): Promise<void> {
  await tx.query(
    `INSERT INTO webhook_handler_runs (event_id, handler, status, attempts)
     SELECT input.value->>0, input.value->>1, 'done', 1 FROM ${fromJsonRows(tx, '$1')}`,
    [jsonRows(events.map(({ id }) => [id, handler]))],
  );
}
