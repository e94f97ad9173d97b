import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import { type ReadKind, StripeRead } from './stripe-read.entity.js';
import { machineNowMs } from '../../time/clock.js';

/** An object that changed at Stripe, and why: it has to be read again. */
export interface ReadRequest {
  kind: ReadKind;
  /** Stripe's id of the object. */
  id: string;
  /** The event's id, the user's action or the command. */
  cause: string;
  /** When it happened, by Stripe's clock. */
  at: Date;
  actor?: string | undefined;
  /** The object as an event has it. Used, provisionally, where Stripe cannot be read. */
  payload?: object | undefined;
}

/** A read that has begun. */
export interface ReadTicket {
  kind: ReadKind;
  id: string;
  /** Only answers with a higher ticket than the last stored one are stored. */
  ticket: number;
  /** What was reported last when it began. */
  cause: string;
  at: Date;
  actor: string | undefined;
  /** The object as the newest event had it, as JSON. */
  payload: string | null;
}

/** How long a read holds its lease, ms: longer than any call to Stripe takes. */
const LEASE_MS = 30_000;
/** Wait before the read after the first failure, ms; it doubles with each further one. */
const AFTER_STRIPE = { firstMs: 1_000, longestMs: 60_000 };
/** The same where Stripe answered and this app failed, as when a handler of its own threw. */
const AFTER_OWN = { firstMs: 5_000, longestMs: 600_000 };

/**
 * When a read may begin. `due`: a read is wanted, and its pause after a failure is over; `wanted`: also during the pause; `always`:
 * also where nothing changed, for a call that is going to change something.
 */
export type BeginsWhen = 'due' | 'wanted' | 'always';

/** Why a read failed. `isStripe`: Stripe did not answer, or refused. */
export interface ReadFailure {
  error: string;
  isStripe: boolean;
}

const reads = new Table(StripeRead);

/** The tickets of reads: which object has to be read again, who reads it, and whose answer may be stored. */
@Injectable()
export class StripeReads {
  constructor(@InjectRepository(StripeRead) private readonly rows: Repository<StripeRead>) {}

  /**
   * Notes that an object changed: a read that begins after this transaction will be stored. Call it before other rows of the object
   * are locked. The cause that is kept is that of the newest change, by Stripe's clock.
   */
  async mark(tx: EntityManager, { kind, id, cause, at, actor, payload }: ReadRequest): Promise<number> {
    const isNewer = 'excluded.caused_at >= stripe_reads.caused_at OR stripe_reads.wanted <= stripe_reads.applied';
    const newest = (column: string) =>
      `${column} = CASE WHEN ${isNewer} THEN excluded.${column} ELSE stripe_reads.${column} END`;
    await tx.query(
      `INSERT INTO stripe_reads (kind, id, issued, wanted, applied, cause, actor, caused_at, payload, due_at, attempts)
       VALUES ($1, $2, 1, 1, 0, $3, $4, $5, $6, $7, 0)
       ON CONFLICT (kind, id) DO UPDATE SET
         issued = stripe_reads.issued + 1, wanted = stripe_reads.issued + 1,
         ${['cause', 'actor', 'payload', 'caused_at'].map(newest).join()},
         due_at = CASE WHEN stripe_reads.attempts = 0 THEN excluded.due_at
           WHEN stripe_reads.due_at > excluded.due_at + ${AFTER_STRIPE.longestMs} THEN excluded.due_at + ${AFTER_STRIPE.longestMs}
           ELSE stripe_reads.due_at END`,
      [kind, id, cause, actor ?? null, at.getTime(), payload ? JSON.stringify(payload) : null, machineNowMs()],
    );
    return (await reads.findOne(tx, { kind, id }))?.wanted ?? 1;
  }

  /**
   * Begins a read: the call to Stripe must begin after this transaction.
   * @param token identifies the reader, for the lease
   * @returns undefined while another reader has the lease, or where it may not begin
   */
  async begin(
    tx: EntityManager,
    { kind, id }: Pick<StripeRead, 'kind' | 'id'>,
    token: string,
    when: BeginsWhen,
  ): Promise<ReadTicket | undefined> {
    const [row] = await reads.findToChange(tx, { kind, id });
    if (!row || isLeased(row, token) || !mayBegin(row, when)) return undefined;
    const ticket = row.issued + 1;
    const leaseUntil = new Date(machineNowMs() + LEASE_MS);
    await reads.update(tx, { kind, id }, { issued: ticket, leaseToken: token, leaseUntil });
    return {
      kind,
      id,
      ticket,
      cause: row.cause,
      at: row.causedAt,
      actor: row.actor ?? undefined,
      payload: row.payload,
    };
  }

  /** Ends a read. Returns whether its answer may be stored, in the same transaction. */
  async complete(tx: EntityManager, { kind, id, ticket }: ReadTicket, token: string): Promise<boolean> {
    const [row] = await reads.findToChange(tx, { kind, id });
    if (!row) return false;
    const isNewest = ticket > row.applied;
    const isDone = row.wanted <= Math.max(ticket, row.applied);
    await reads.update(
      tx,
      { kind, id },
      {
        ...(isNewest && { applied: ticket }),
        ...(isDone && { payload: null }),
        ...(row.leaseToken === token && { leaseToken: null, leaseUntil: null }),
        attempts: 0,
        lastError: null,
      },
    );
    return isNewest;
  }

  /** Ends a read that failed: the next one begins after a pause that grows. Returns when. */
  async fail(
    tx: EntityManager,
    { kind, id }: ReadTicket,
    token: string,
    { error, isStripe }: ReadFailure,
  ): Promise<Date> {
    const [row] = await reads.findToChange(tx, { kind, id });
    if (!row) return new Date(machineNowMs());
    const { firstMs, longestMs } = isStripe ? AFTER_STRIPE : AFTER_OWN;
    const pauseMs = Math.min(firstMs * 2 ** row.attempts, longestMs) * (0.5 + Math.random() / 2);
    const dueAt = new Date(machineNowMs() + Math.round(pauseMs));
    await reads.update(
      tx,
      { kind, id },
      {
        attempts: row.attempts + 1,
        lastError: error.slice(0, 500),
        dueAt,
        ...(row.leaseToken === token && { leaseToken: null, leaseUntil: null }),
      },
    );
    return dueAt;
  }

  /** Gives the lease back without having read. */
  async release(tx: EntityManager, { kind, id }: ReadTicket, token: string): Promise<void> {
    await reads.update(tx, { kind, id, leaseToken: token }, { leaseToken: null, leaseUntil: null });
  }

  /** Gives back all leases: those of the process that had the database before this one, which were not given back where it was killed. */
  async releaseAll(tx: EntityManager): Promise<void> {
    await tx.query('UPDATE stripe_reads SET lease_token = NULL, lease_until = NULL WHERE lease_token IS NOT NULL');
  }

  /** Objects whose read is due, the one that waits longest first. */
  async due(limit: number): Promise<Pick<StripeRead, 'kind' | 'id'>[]> {
    return this.rows
      .createQueryBuilder('read')
      .where('read.wanted > read.applied AND read.dueAt <= :now', { now: machineNowMs() })
      .andWhere('(read.leaseUntil IS NULL OR read.leaseUntil <= :now)', { now: machineNowMs() })
      .orderBy('read.dueAt', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Whether a change of the object was reported that was not read yet. */
  async isDue(tx: EntityManager, kind: ReadKind, id: string): Promise<boolean> {
    const read = await reads.findOne(tx, { kind, id });
    return read !== undefined && read.wanted > read.applied;
  }

  /** The ticket of the last answer that is stored; 0 where there is none. */
  async applied(kind: ReadKind, id: string): Promise<number> {
    return (await this.rows.findOneBy({ kind, id }))?.applied ?? 0;
  }
}

const mayBegin = ({ wanted, applied, dueAt }: StripeRead, when: BeginsWhen): boolean =>
  when === 'always' || (wanted > applied && (when === 'wanted' || dueAt.getTime() <= machineNowMs()));

const isLeased = ({ leaseToken, leaseUntil }: StripeRead, token: string): boolean =>
  leaseToken !== null && leaseToken !== token && leaseUntil !== null && leaseUntil.getTime() > machineNowMs();
