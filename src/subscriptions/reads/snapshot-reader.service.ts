import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { Clock } from '../../time/clock.js';
import { DueReads, type ReadKey } from './due-reads.js';
import type { SnapshotContext, SnapshotSource } from './snapshot-source.js';
import { isOfStripe, type ReadOutcome, SnapshotWriter } from './snapshot-writer.js';
import type { ReadKind } from './stripe-read.entity.js';
import { type BeginsWhen, type ReadRequest, type ReadTicket, StripeReads } from './stripe-reads.service.js';

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
  private readonly writer: SnapshotWriter;
  private readonly background = new DueReads({
    due: (limit) => this.reads.due(limit),
    read: (key) => this.readQuietly(key),
  });

  constructor(
    private readonly reads: StripeReads,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    host: HttpAdapterHost,
  ) {
    this.writer = new SnapshotWriter(reads, units, this.logger);
    host.listen$.subscribe(() => void this.start());
  }

  /**
   * Begins to read in the background. With several instances leases are left alone: those of another one may be alive, and those of a
   * dead one end by themselves.
   */
  async start(): Promise<void> {
    if (!this.units.multiInstance)
      await this.units
        .run((tx) => this.reads.releaseAll(tx))
        .catch((error: unknown) =>
          this.logger.warn(`Reads of before the start are made again after 30 s: ${String(error)}`),
        );
    this.background.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.background.stop();
  }

  /** Adds what reads a kind of object. Call it in a constructor. */
  register<T extends object>(source: SnapshotSource<T>): void {
    this.writer.register(source);
  }

  /**
   * For an event handler's `apply`: notes that an object changed, and has it read soon after the commit. Before any row of the
   * object is locked.
   */
  async mark(tx: EntityManager, request: ReadRequest): Promise<void> {
    await this.reads.mark(tx, request);
    this.background.wake();
  }

  /** Whether an object changed and was not read since. */
  isDue(tx: EntityManager, kind: ReadKind, id: string): Promise<boolean> {
    return this.reads.isDue(tx, kind, id);
  }

  /** Reads all that is due now. The background does it once a second and after each `mark`; tests call it. */
  readDue(): Promise<void> {
    return this.background.run();
  }

  /**
   * Reads an object now and stores what it says: for a page, or a command. Where another reader has it, waits for that one.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async readNow(request: ReadRequest): Promise<ReadOutcome> {
    const wanted = await this.units.run((tx) => this.reads.mark(tx, request));
    const until = performance.now() + LONGEST_WAIT_MS;
    while ((await this.reads.applied(request.kind, request.id)) < wanted) {
      const outcome = await this.readOne(request, 'wanted');
      if (outcome) return outcome;
      if (performance.now() > until)
        throw new StripeUnavailableError(`the read of ${request.id}`, 'another one takes too long');
      await pause(LOOK_AGAIN_MS);
    }
    return 'stored';
  }

  /**
   * Makes a call of ours that changes an object, and stores its answer under a ticket of its own. While it lasts nobody else reads
   * the object, so an older answer is never stored after it. Where the call fails, or its answer cannot be stored since a handler
   * of the app's own threw, the object is read again.
   */
  async change<T extends object>(request: ReadRequest, call: () => Promise<T>): Promise<T> {
    await this.units.run((tx) => this.reads.mark(tx, request));
    const token = randomUUID();
    const ticket = await this.waitForLease(request, token);
    const context = this.contextOf(request);
    try {
      const answer = await this.whileLeased(ticket, token, call);
      if (ticket) await this.writer.store(ticket, token, answer, context);
      // Another reader may have begun before the call, where the lease was not given, or ended while the call lasted.
      if (!ticket || (await this.reads.applied(request.kind, request.id)) > ticket.ticket)
        await this.units.run((tx) => this.reads.mark(tx, request));
      return answer;
    } finally {
      this.background.wake();
    }
  }

  private async whileLeased<T>(ticket: ReadTicket | undefined, token: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (ticket) await this.units.run((tx) => this.reads.release(tx, ticket, token));
      throw error;
    }
  }

  private async readQuietly({ kind, id }: ReadKey): Promise<boolean> {
    try {
      await this.readOne({ kind, id }, 'due');
      return true;
    } catch (error) {
      if (!this.background.isStopped) this.logger.warn(`The ${kind} ${id} is read again later. ${String(error)}`);
      return isOfStripe(error);
    }
  }

  /** Undefined: nothing was read, since another reader has it, or what was to be read is stored already. */
  private async readOne({ kind, id }: ReadKey, when: BeginsWhen): Promise<ReadOutcome | undefined> {
    const source = this.writer.sourceOf(kind);
    const token = randomUUID();
    const ticket = await this.units.run((tx) => this.reads.begin(tx, { kind, id }, token, when));
    if (!ticket) return undefined;
    const context = this.contextOf(ticket);
    let object: object | undefined;
    try {
      object = await source.read(id);
    } catch (error) {
      await this.writer.fail(ticket, token, error);
      await this.writer.storePayload(ticket, context);
      throw error;
    }
    return this.writer.store(ticket, token, object, context);
  }

  /** The lease of an object; undefined where somebody keeps it for too long. */
  private async waitForLease(key: ReadKey, token: string): Promise<ReadTicket | undefined> {
    const until = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const ticket = await this.units.run((tx) => this.reads.begin(tx, key, token, 'always'));
      if (ticket || performance.now() > until) return ticket;
      await pause(LOOK_AGAIN_MS);
    }
  }

  private contextOf({ id, cause, at, actor }: ReadRequest | ReadTicket): SnapshotContext {
    return { id, cause, at, actor, readAt: this.clock.now(), provisional: false };
  }
}
