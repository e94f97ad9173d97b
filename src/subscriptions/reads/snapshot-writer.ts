import type { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import type { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { HandlerFailedError, stackOf } from '../../webhook/handler-errors.js';
import type { SnapshotContext, SnapshotSource } from './snapshot-source.js';
import type { ReadKind } from './stripe-read.entity.js';
import type { ReadTicket, StripeReads } from './stripe-reads.service.js';

/**
 * What became of a read. `later`: it could not be stored, since a handler of the app's own (`@OnEntitlement`, `@OnPayment`) threw;
 * everything stays as it was, and the object is read again. That is logged, and no reason for an error page.
 */
export type ReadOutcome = 'stored' | 'later';

/** Whether Stripe did not answer, or refused. */
export const isOfStripe = (error: unknown): boolean =>
  error instanceof StripeUnavailableError || error instanceof StripeRefusedError;

/** Stores what was read, or that the read failed. */
export class SnapshotWriter {
  private readonly sources = new Map<ReadKind, SnapshotSource>();

  constructor(
    private readonly reads: StripeReads,
    private readonly units: UnitOfWork,
    private readonly logger: Logger,
  ) {}

  register<T extends object>(source: SnapshotSource<T>): void {
    this.sources.set(source.kind, source as unknown as SnapshotSource);
  }

  sourceOf(kind: ReadKind): SnapshotSource {
    const source = this.sources.get(kind);
    if (!source) throw new Error(`Nothing reads objects of the kind ${kind}`);
    return source;
  }

  /**
   * Uses up the ticket and stores the answer, together. A failure is stored by itself, so that the pause after it counts, also where
   * a handler of the app's own throws each time.
   */
  async store(
    ticket: ReadTicket,
    token: string,
    object: object | undefined,
    context: SnapshotContext,
  ): Promise<ReadOutcome> {
    try {
      await this.write(ticket.kind, object, context, (tx) => this.reads.complete(tx, ticket, token));
      return 'stored';
    } catch (error) {
      const nextAt = await this.fail(ticket, token, error);
      if (!(error instanceof HandlerFailedError)) throw error;
      this.logHandler(ticket, error, `It is read again at ${nextAt.toISOString()}, then ever later`);
      return 'later';
    }
  }

  /** The newest event's payload, for the time being, since Stripe could not be read. */
  async storePayload(ticket: ReadTicket, context: SnapshotContext): Promise<void> {
    if (ticket.payload === null) return;
    const payload = JSON.parse(ticket.payload) as object;
    try {
      await this.write(ticket.kind, payload, { ...context, readAt: ticket.at, provisional: true });
    } catch (error) {
      if (!(error instanceof HandlerFailedError)) throw error;
      this.logHandler(ticket, error, 'It is read again when Stripe answers');
    }
  }

  /** Stores that a read failed. Resolves with when the next one may begin. */
  fail(ticket: ReadTicket, token: string, error: unknown): Promise<Date> {
    const failure = { error: String(error), isStripe: isOfStripe(error) };
    return this.units.run((tx) => this.reads.fail(tx, ticket, token, failure));
  }

  private write(
    kind: ReadKind,
    object: object | undefined,
    context: SnapshotContext,
    mayBeStored: (tx: EntityManager) => Promise<boolean> = async () => true,
  ): Promise<void> {
    const source = this.sourceOf(kind);
    return this.units.run(async (tx) => {
      await lockKeys(tx, object ? source.lockKeys(object) : []);
      if (await mayBeStored(tx)) await source.write(tx, object, context);
    });
  }

  private logHandler({ kind, id }: ReadTicket, error: HandlerFailedError, next: string): void {
    this.logger.error(
      `What Stripe says of the ${kind} ${id} is not stored, since a handler of this app failed: mend it. ${next}; at once: ` +
        `npm run cli -- reconcile --repair. ${error.message}`,
      stackOf(error),
    );
  }
}
