import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { Clock } from '../../time/clock.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { type Heard, type ReadTicket, StripeReads } from './stripe-reads.service.js';
import type { ReadKind } from './stripe-read.entity.js';

/** What a snapshot was read for. */
export interface SnapshotContext {
  id: string;
  /** What was heard of last: for the history. */
  cause: string;
  /** When that happened, by Stripe's clock. */
  at: Date;
  actor: string | undefined;
  /** When the read began. */
  readAt: Date;
  /** Whether it is an event's payload, since Stripe could not be read: to be stored only where it is later than what is stored. */
  provisional: boolean;
}

/** How one kind of object is read from Stripe and stored. `T` has Stripe's shape. */
export interface SnapshotSource<T = object> {
  readonly kind: ReadKind;
  /** Calls Stripe. Undefined where it has no such object. */
  read(id: string): Promise<T | undefined>;
  /** Stores what was read, in the transaction that also uses up the ticket. No network. `object` is undefined where there is none. */
  write(tx: EntityManager, object: T | undefined, context: SnapshotContext): Promise<void>;
}

const PERIOD_MS = 1_000;
/** After an event was handled, its transaction is committed within this time, usually. Otherwise the next period finds it. */
const WAKE_MS = 25;
const READS_AT_ONCE = 4;
const DUE_AT_ONCE = 100;
/** How long a page waits for a read that another one is making. */
const LONGEST_WAIT_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/**
 * Reads objects again that changed at Stripe. One reader at a time for each object, in all instances; ten events of an object cost
 * one or two calls. Webhook, pages, our own calls and `reconcile` all store what they learn through here.
 */
@Injectable()
export class SnapshotReader implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly sources = new Map<ReadKind, SnapshotSource>();
  private readonly task = new RecurringTask({ name: 'Reading of subscriptions', periodMs: PERIOD_MS }, () =>
    this.readDue(),
  );
  private started = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly reads: StripeReads,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => {
      this.started = true;
      this.task.start();
    });
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
    clearTimeout(this.timer);
    this.started = false;
  }

  /** Adds what reads a kind of object. Call it in a constructor. */
  register<T extends object>(source: SnapshotSource<T>): void {
    this.sources.set(source.kind, source as unknown as SnapshotSource);
  }

  /**
   * For an event handler's `apply`: notes that an object changed, and has it read soon after the commit. Before any row of the
   * object is locked.
   */
  async mark(tx: EntityManager, heard: Heard): Promise<void> {
    await this.reads.mark(tx, heard);
    this.wake();
  }

  /** Whether an object changed and was not read since. */
  isDue(tx: EntityManager, kind: ReadKind, id: string): Promise<boolean> {
    return this.reads.isDue(tx, kind, id);
  }

  /** Reads all that is due now. The background does it once a second and after each `mark`; tests call it. */
  async readDue(): Promise<void> {
    for (;;) {
      const due = await this.reads.due(DUE_AT_ONCE);
      if (due.length === 0) return;
      const waiting = [...due];
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await this.readQuietly(next.kind, next.id);
      };
      await Promise.all(Array.from({ length: READS_AT_ONCE }, work));
      if (due.length < DUE_AT_ONCE) return this.readLate();
    }
  }

  /**
   * Reads an object now and stores what it says: for a page, or a command. Where another reader has it, waits for that one.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async readNow(heard: Heard): Promise<void> {
    const wanted = await this.units.run((tx) => this.reads.mark(tx, heard));
    const until = performance.now() + LONGEST_WAIT_MS;
    while ((await this.reads.applied(heard.kind, heard.id)) < wanted) {
      if (await this.readOne(heard.kind, heard.id)) return;
      if (performance.now() > until)
        throw new StripeUnavailableError(`the read of ${heard.id}`, 'another one takes too long');
      await pause(LOOK_AGAIN_MS);
    }
  }

  /**
   * Makes a call of ours that changes an object, and stores its answer under a ticket of its own. While it lasts nobody else reads
   * the object, so an older answer is never stored after it. Where the call fails, the object is read again.
   */
  async change<T extends object>(heard: Heard, call: () => Promise<T>): Promise<T> {
    await this.units.run((tx) => this.reads.mark(tx, heard));
    const token = randomUUID();
    const ticket = await this.waitForTurn(heard, token);
    const context = this.contextOf(heard);
    try {
      const answer = await call();
      await this.units.run(async (tx) => {
        if (!ticket)
          await this.reads.mark(tx, heard); // another reader may have begun before the call
        else if (await this.reads.complete(tx, ticket, token))
          await this.sourceOf(heard.kind).write(tx, answer, context);
      });
      return answer;
    } catch (error) {
      if (ticket) await this.units.run((tx) => this.reads.release(tx, ticket, token));
      throw error;
    } finally {
      this.wake();
    }
  }

  /** Objects that changed while they were read. */
  private async readLate(): Promise<void> {
    for (const { kind, id } of await this.reads.due(DUE_AT_ONCE)) await this.readQuietly(kind, id);
  }

  private wake(): void {
    if (!this.started || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.readDue().catch((error: unknown) => this.logger.warn(`Reading failed: ${String(error)}`));
    }, WAKE_MS);
  }

  private async readQuietly(kind: ReadKind, id: string): Promise<void> {
    await this.readOne(kind, id).catch((error: unknown) => {
      if (this.started) this.logger.warn(`The ${kind} ${id} is read again later. ${String(error)}`);
    });
  }

  /** @returns whether it was read; false where another reader has it */
  private async readOne(kind: ReadKind, id: string): Promise<boolean> {
    const source = this.sourceOf(kind);
    const token = randomUUID();
    const ticket = await this.units.run((tx) => this.reads.begin(tx, kind, id, token));
    if (!ticket) return false;
    const context = this.contextOf(ticket);
    try {
      const object = await source.read(id);
      await this.units.run(async (tx) => {
        if (await this.reads.complete(tx, ticket, token)) await source.write(tx, object, context);
      });
      return true;
    } catch (error) {
      await this.units.run(async (tx) => {
        await this.reads.fail(tx, ticket, token, String(error));
        const payload = ticket.payload === null ? undefined : (JSON.parse(ticket.payload) as object);
        if (payload) await source.write(tx, payload, { ...context, readAt: ticket.at, provisional: true });
      });
      throw error;
    }
  }

  /** The lease of an object; undefined where somebody keeps it for too long. */
  private async waitForTurn({ kind, id }: Heard, token: string): Promise<ReadTicket | undefined> {
    const until = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const ticket = await this.units.run((tx) => this.reads.begin(tx, kind, id, token));
      if (ticket || performance.now() > until) return ticket;
      await pause(LOOK_AGAIN_MS);
    }
  }

  private contextOf({ id, cause, at, actor }: Heard | ReadTicket): SnapshotContext {
    return { id, cause, at, actor, readAt: this.clock.now(), provisional: false };
  }

  private sourceOf(kind: ReadKind): SnapshotSource {
    const source = this.sources.get(kind);
    if (!source) throw new Error(`Nothing reads objects of the kind ${kind}`);
    return source;
  }
}
