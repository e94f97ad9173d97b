import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { maskSecrets } from '../config/secrets.js';
import { lockKeys } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { withTimeout } from '../time/calls.js';
import { type Claim, Claims, LostLeaseError } from './claims.service.js';
import { BatchFailedError, stackOf } from './handler-errors.js';
import { HandlerRegistry, type NamedEventHandler, reasonToIgnore } from './handler-registry.js';
import { insertDoneRuns, reasonOf, saveRun } from './handler-runs.js';
import { paymentOf } from './incoming-event.js';
import {
  deadLetter,
  deriveEventStatus,
  describeAttempt,
  isDue,
  MAX_CLAIMS,
  MAX_REASON_LENGTH,
  type RunResult,
  type RunState,
} from './retry-policy.js';
import { HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { machineNow } from '../time/clock.js';

/** Longest time for a handler's `load`, ms: one that never answers must not keep the event's other handlers from being retried. */
const LOAD_TIMEOUT_MS = 60_000;

type Event = Claim['event'];

/** Runs the handlers of claimed events: each event on its own, or many fresh ones in one transaction. */
@Injectable()
export class HandlerRunner {
  private readonly logger = new Logger('Webhook');

  constructor(
    private readonly units: UnitOfWork,
    private readonly claims: Claims,
    private readonly registry: HandlerRegistry,
    @InjectRepository(HandlerRun) private readonly runs: Repository<HandlerRun>,
  ) {}

  /** Whether fresh events of a type may be handled in a batch: it has handlers, and none of them has a `load`. */
  canBatchType(type: string): boolean {
    const handlers = this.registry.handlersFor(type);
    return handlers.length > 0 && handlers.every(({ handler }) => !handler.load);
  }

  /** Whether a claimed event may be handled in a batch: it is fresh, nothing is to be loaded, and no handler ignores it. */
  canBatch({ event, attempts }: Claim): boolean {
    if (attempts !== 1 || !this.canBatchType(event.type)) return false;
    try {
      return this.registry.handlersFor(event.type).every((handler) => reasonToIgnore(handler, event) === undefined);
    } catch {
      return false; // handled on its own, which stores the error as that handler's failure
    }
  }

  /**
   * Handles fresh events in one transaction, with one statement for the runs of each handler and one for all the events. Where it
   * rejects, nothing of the batch is stored, and each event is to be handled on its own.
   * @throws BatchFailedError, LostLeaseError
   */
  async runBatch(batch: readonly Claim[]): Promise<void> {
    const events = batch.map(({ event }) => event);
    const ids = events.map(({ id }) => id);
    let running: string | undefined;
    const work = async (tx: EntityManager) => {
      const byHandler = [...this.byHandler(events)];
      await lockKeys(
        tx,
        byHandler.flatMap(([named, handled]) => handled.flatMap((event) => keysOf(named, event))),
      );
      const ignored = new Set<Event>();
      for (const [{ name, handler }, handled] of byHandler) {
        const reasons = new Map<Event, string>();
        running = name;
        if (handler.applyAll) await handler.applyAll(handled, tx);
        else
          for (const event of handled) {
            const reason = reasonOf(await handler.apply(event, tx, undefined));
            if (reason !== undefined) reasons.set(event, reason);
          }
        running = undefined;
        const done = handled.filter((event) => !reasons.has(event));
        await insertDoneRuns(tx, name, done);
        for (const [event, reason] of reasons) {
          await saveRun(tx, event.id, name, { outcome: 'ignored', reason });
          ignored.add(event);
        }
      }
      await this.claims.complete(tx, ids);
      for (const event of ignored) await this.saveStatus(tx, event);
    };
    try {
      await this.transaction(work);
    } catch (error) {
      throw running === undefined ? error : new BatchFailedError(running, error);
    }
  }

  private byHandler(events: readonly Event[]): Map<NamedEventHandler, Event[]> {
    const byHandler = new Map<NamedEventHandler, Event[]>();
    for (const event of events)
      for (const handler of this.registry.handlersFor(event.type)) {
        const handled = byHandler.get(handler);
        if (handled) handled.push(event);
        else byHandler.set(handler, [event]);
      }
    return byHandler;
  }

  /** Runs the handlers of one event that are due, each in a transaction of its own: it succeeds, fails and is retried alone. */
  async run(claim: Claim): Promise<void> {
    if (claim.attempts > MAX_CLAIMS) return this.giveUp(claim);
    const runs = await this.runs.findBy({ eventId: claim.event.id });
    const due = this.registry.handlersFor(claim.event.type).filter(({ name }) =>
      isDue(
        runs.find(({ handler }) => handler === name),
        machineNow(),
      ),
    );
    if (due.length === 0) await this.store(claim, async () => undefined);
    await Promise.all(due.map((handler) => this.attempt(claim, handler)));
  }

  /** Poison guard: an event that ended the process each time it was handled must not do so for ever. */
  private async giveUp({ event, attempts }: Claim): Promise<void> {
    const reason = `begun ${attempts} times without a result: does its handler end the process?`;
    this.logger.error(`${event.id} is dead: ${reason}`);
    await this.transaction(async (tx) => {
      await this.claims.assertHeld(tx, event.id);
      await tx.update(WebhookEvent, { id: event.id }, deadLetter(reason));
    });
  }

  private async attempt(claim: Claim, named: NamedEventHandler): Promise<void> {
    const { event } = claim;
    const { name, handler } = named;
    try {
      const reason = reasonToIgnore(named, event);
      if (reason !== undefined)
        return await this.store(claim, (tx) => saveRun(tx, event.id, name, { outcome: 'ignored', reason }));
      const tooLong = () => new Error(`load took longer than ${LOAD_TIMEOUT_MS} ms`);
      const context = { idempotencyKey: `${event.id}:${name}` };
      const loaded = handler.load && (await withTimeout(LOAD_TIMEOUT_MS, handler.load(event, context), tooLong));
      await this.store(claim, async (tx) => {
        await lockKeys(tx, keysOf(named, event));
        const ignored = reasonOf(await handler.apply(event, tx, loaded));
        const result: RunResult =
          ignored === undefined ? { outcome: 'succeeded' } : { outcome: 'ignored', reason: ignored };
        await saveRun(tx, event.id, name, result);
      });
    } catch (error) {
      if (error instanceof LostLeaseError) return this.logger.warn(error.message);
      await this.fail(claim, name, error);
    }
  }

  /** Stores a failed attempt, and logs it whether or not it could be stored. */
  private async fail(claim: Claim, handler: string, error: unknown): Promise<void> {
    const { event } = claim;
    const whole = error instanceof Error ? error.message : String(error);
    const message = maskSecrets(whole).slice(0, MAX_REASON_LENGTH); // in this order: half a secret is not recognised
    let run: RunState | undefined;
    try {
      await this.store(claim, async (tx) => {
        run = await saveRun(tx, event.id, handler, { outcome: 'failed', message });
      });
    } finally {
      const payment = paymentOf(event);
      const what = `${handler} failed on ${event.type} ${event.id}${payment ? `, about payment ${payment}` : ''}`;
      this.logger.error(`${what}, ${describeAttempt(run)}: ${message}`, stackOf(error));
    }
  }

  /** Stores what `work` writes together with the state of the event that follows from it, if the claim still holds. */
  private store(claim: Claim, work: (tx: EntityManager) => Promise<unknown>): Promise<void> {
    return this.transaction(async (tx) => {
      await this.claims.assertHeld(tx, claim.event.id);
      await work(tx);
      await this.saveStatus(tx, claim.event);
    });
  }

  /** Stores the state of an event that follows from its runs. */
  private async saveStatus(tx: EntityManager, { id: eventId, type }: Event): Promise<void> {
    const handlers = this.registry.handlersFor(type).map(({ name }) => name);
    const state = deriveEventStatus(handlers, await tx.findBy(HandlerRun, { eventId }), machineNow());
    if (state) await tx.update(WebhookEvent, { id: eventId }, { ...state, leaseToken: null });
  }

  /** Nobody waits for the result: deliveries to be stored go first. */
  private transaction(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    return this.units.run(work, { queue: 'handling' });
  }
}

const keysOf = ({ handler }: NamedEventHandler, event: Event): string[] => handler.lockKeys?.(event) ?? [];
