import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { maskSecrets } from '../config/mask-secrets.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { withTimeout } from '../time/with-timeout.js';
import { delayAfterAttempt, MOST_ATTEMPTS } from './backoff.js';
import { type Claim, dead, LostLeaseError } from './claim.js';
import { Claims } from './claims.service.js';
import { conclude } from './conclude.js';
import { paymentOf } from './event-payment.js';
import { HandlerRegistry, type NamedHandler, reasonToIgnore } from './handler-registry.js';
import { HandlerRun } from './handler-run.entity.js';
import { WebhookEvent } from './webhook-event.entity.js';

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
