import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { within } from '../time/within.js';
import { delayAfterAttempt, MOST_ATTEMPTS } from './backoff.js';
import { type Claim, dead, LostLeaseError } from './claim.js';
import { Claims } from './claims.service.js';
import { conclude } from './conclude.js';
import { HandlerRegistry, type NamedHandler } from './handler-registry.js';
import { HandlerRun } from './handler-run.entity.js';
import { WebhookEvent } from './webhook-event.entity.js';

/** How long a handler's load may take, ms: one that never answers must not keep the event from its other handlers' retries. */
const LONGEST_LOAD_MS = 60_000;
/** As much of an error as is worth keeping. */
const LONGEST_ERROR = 500;

/** More often than all attempts of several handlers take. */
const MOST_CLAIMS = 4 * MOST_ATTEMPTS;

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

  private async attempt(claim: Claim, { name, handler }: NamedHandler): Promise<void> {
    const { event } = claim;
    try {
      const reason = handler.reasonToIgnore?.(event);
      if (reason !== undefined) return await this.record(claim, (tx) => noteIgnored(tx, event.id, name, reason));
      const context = { idempotencyKey: `${event.id}:${name}` };
      const tooLong = () => new Error(`load took longer than ${LONGEST_LOAD_MS} ms`);
      const loaded = handler.load && (await within(LONGEST_LOAD_MS, handler.load(event, context), tooLong));
      await this.record(claim, async (tx) => {
        await handler.apply(event, tx, loaded);
        await noteSuccess(tx, event.id, name);
      });
    } catch (error) {
      if (error instanceof LostLeaseError) return this.logger.warn(error.message);
      this.logger.error(`${name} failed on ${event.type} ${event.id}: ${messageOf(error)}`);
      await this.record(claim, (tx) => noteFailure(tx, event.id, name, error));
    }
  }

  /** Stores what `work` does, and the event's own state with it, if the claim still holds. */
  private record(claim: Claim, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    const handlers = this.registry.handlersFor(claim.event.type).map(({ name }) => name);
    return this.units.run(async (tx) => {
      await this.claims.assertHeld(tx, claim.event.id);
      await work(tx);
      const conclusion = conclude(handlers, await tx.findBy(HandlerRun, { eventId: claim.event.id }), new Date());
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

async function noteFailure(tx: EntityManager, eventId: string, handler: string, error: unknown): Promise<void> {
  const attempts = (await attemptsSoFar(tx, eventId, handler)) + 1;
  const delayMs = delayAfterAttempt(attempts);
  const nextAttemptAt = delayMs === undefined ? null : new Date(Date.now() + delayMs);
  const status = nextAttemptAt ? 'pending' : 'dead';
  await tx.upsert(HandlerRun, { eventId, handler, status, attempts, lastError: messageOf(error), nextAttemptAt }, key);
}

async function attemptsSoFar(tx: EntityManager, eventId: string, handler: string): Promise<number> {
  return (await tx.findOneBy(HandlerRun, { eventId, handler }))?.attempts ?? 0;
}

const key = ['eventId', 'handler'];
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR);
