import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { maskSecrets } from '../config/mask-secrets.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { withTimeout } from '../time/with-timeout.js';
import { deriveEventStatus, delayAfterAttempt, MOST_ATTEMPTS } from './retry-policy.js';
import { type Claim, Claims, dead, LostLeaseError } from './claims.service.js';
import { paymentOf } from './incoming-event.js';
import { HandlerRegistry, type NamedHandler, reasonToIgnore } from './handler-registry.js';
import { HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { inList, jsonRows, affectedRows, fromJsonRows } from '../database/sql.js';

/** How long a handler's load may take, ms: one that never answers must not keep the event from its other handlers' retries. */
const LONGEST_LOAD_MS = 60_000;
/** As much of an error as is worth keeping. */
const LONGEST_ERROR = 500;

/** More often than all attempts of several handlers take. */
const MOST_CLAIMS = 4 * MOST_ATTEMPTS;

/** What is noted of a failed attempt. */
interface FailedAttempt {
  /** With this one. */
  attempts: number;
  /** None: this was the last. */
  nextAttemptAt: Date | null;
}

/** Runs the handlers of one claimed event; each succeeds, fails and is retried on its own. */
@Injectable()
export class EventRunner {
  private readonly logger = new Logger('Webhook');

  constructor(
    private readonly units: UnitOfWork,
    private readonly claims: Claims,
    private readonly registry: HandlerRegistry,
    @InjectRepository(HandlerRun) private readonly runs: Repository<HandlerRun>,
  ) {}

  async run(claim: Claim): Promise<void> {
    if (claim.attempts > MOST_CLAIMS) return this.giveUp(claim);
    const runs = await this.runs.findBy({ eventId: claim.event.id });
    const handlers = this.registry.handlersFor(claim.event.type);
    const due = handlers.filter(({ name }) => isDue(runs.find((run) => run.handler === name)));
    if (due.length === 0) await this.record(claim, async () => undefined);
    await Promise.all(due.map((handler) => this.attempt(claim, handler)));
  }

  /** Begun so often without a result, it ended the process each time: it must not do so for ever. */
  private async giveUp({ event, attempts }: Claim): Promise<void> {
    const reason = `begun ${attempts} times without a result: does its handler end the process?`;
    this.logger.error(`${event.id} is dead: ${reason}`);
    await this.units.run(async (tx) => {
      await this.claims.assertHeld(tx, event.id);
      await tx.update(WebhookEvent, { id: event.id }, dead(reason));
    });
  }

  private async attempt(claim: Claim, named: NamedHandler): Promise<void> {
    const { event } = claim;
    const { name, handler } = named;
    try {
      const reason = reasonToIgnore(named, event);
      if (reason !== undefined) return await this.record(claim, (tx) => noteIgnored(tx, event.id, name, reason));
      const context = { idempotencyKey: `${event.id}:${name}` };
      const tooLong = () => new Error(`load took longer than ${LONGEST_LOAD_MS} ms`);
      const loaded = handler.load && (await withTimeout(LONGEST_LOAD_MS, handler.load(event, context), tooLong));
      await this.record(claim, async (tx) => {
        await handler.apply(event, tx, loaded);
        await noteSuccess(tx, event.id, name);
      });
    } catch (error) {
      if (error instanceof LostLeaseError) return this.logger.warn(error.message);
      await this.fail(claim, name, error);
    }
  }

  /** Notes a failed attempt, and says so whether or not it can be noted. */
  private async fail(claim: Claim, handler: string, error: unknown): Promise<void> {
    const { event } = claim;
    let noted: FailedAttempt | undefined;
    try {
      await this.record(claim, async (tx) => {
        noted = await noteFailure(tx, event.id, handler, error);
      });
    } finally {
      const about = paymentOf(event);
      const what = `${handler} failed on ${event.type} ${event.id}${about ? `, about payment ${about}` : ''}`;
      this.logger.error(`${what}, ${describe(noted)}: ${messageOf(error)}`, stackOf(error));
    }
  }

  /** Stores what `work` does, and the event's own state with it, if the claim still holds. */
  private record(claim: Claim, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    const handlers = this.registry.handlersFor(claim.event.type).map(({ name }) => name);
    return this.units.run(async (tx) => {
      await this.claims.assertHeld(tx, claim.event.id);
      await work(tx);
      const conclusion = deriveEventStatus(
        handlers,
        await tx.findBy(HandlerRun, { eventId: claim.event.id }),
        new Date(),
      );
      if (conclusion) await tx.update(WebhookEvent, { id: claim.event.id }, { ...conclusion, leaseToken: null });
    });
  }
}

const isDue = (run: HandlerRun | undefined) =>
  !run || (run.status === 'pending' && (run.nextAttemptAt ?? new Date(0)) <= new Date());

async function noteSuccess(tx: EntityManager, eventId: string, handler: string): Promise<void> {
  const attempts = (await attemptsSoFar(tx, eventId, handler)) + 1;
  await tx.upsert(
    HandlerRun,
    { eventId, handler, status: 'done', attempts, lastError: null, nextAttemptAt: null },
    key,
  );
}

async function noteIgnored(tx: EntityManager, eventId: string, handler: string, reason: string): Promise<void> {
  const attempts = await attemptsSoFar(tx, eventId, handler);
  const lastError = reason.slice(0, LONGEST_ERROR);
  await tx.upsert(HandlerRun, { eventId, handler, status: 'ignored', attempts, lastError, nextAttemptAt: null }, key);
}

async function noteFailure(
  tx: EntityManager,
  eventId: string,
  handler: string,
  error: unknown,
): Promise<FailedAttempt> {
  const attempts = (await attemptsSoFar(tx, eventId, handler)) + 1;
  const delayMs = delayAfterAttempt(attempts);
  const nextAttemptAt = delayMs === undefined ? null : new Date(Date.now() + delayMs);
  const status = nextAttemptAt ? 'pending' : 'dead';
  await tx.upsert(HandlerRun, { eventId, handler, status, attempts, lastError: messageOf(error), nextAttemptAt }, key);
  return { attempts, nextAttemptAt };
}

/** `undefined`: it could not be noted. */
function describe(failed: FailedAttempt | undefined): string {
  if (!failed) return 'an attempt that could not be noted and is made again';
  const { attempts, nextAttemptAt } = failed;
  const next = nextAttemptAt
    ? `the next at ${nextAttemptAt.toISOString()}`
    : 'the last: it is dead until it is replayed';
  return `attempt ${attempts} of ${MOST_ATTEMPTS}, ${next}`;
}

/** Of the error and of what caused it; never the parameters of a statement, which hold what customers entered. */
export function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause instanceof Error ? `\nCaused by ${error.cause.stack}` : '';
  return `${error.stack}${cause}`;
}

async function attemptsSoFar(tx: EntityManager, eventId: string, handler: string): Promise<number> {
  return (await tx.findOneBy(HandlerRun, { eventId, handler }))?.attempts ?? 0;
}

const key = ['eventId', 'handler'];
/** Masked before it is cut, since half a secret is not known as one: it is stored, and printed by the command line. */
const messageOf = (error: unknown) =>
  maskSecrets(error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR);

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
