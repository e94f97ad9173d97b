import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn, OptionalText } from '../database/columns.js';

export type EventStatus = 'pending' | 'done' | 'dead' | 'ignored';

/** An event as it was received, and the state of its handling. */
@Entity('webhook_events')
export class WebhookEvent {
  /** Stripe's `evt_…`: an event that is delivered twice is one row. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ type: 'varchar' })
  type!: string;

  /** The body of the delivery, unchanged. */
  @Column({ type: 'text' })
  payload!: string;

  @Column({ type: 'varchar' })
  status!: EventStatus;

  /** Why it is ignored or dead. */
  @OptionalText()
  reason!: string | null;

  /** How often it was claimed to be handled. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** When it is due; `null` once it is finished. A claim sets it to the end of its lease, after which the event is due again. */
  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;

  /** The token of the worker that has claimed it. A worker whose token is gone cannot store any result. */
  @OptionalText()
  leaseToken!: string | null;

  /** Stripe's clock, whole seconds. */
  @InstantColumn()
  createdAt!: Date;

  /** Our clock, ms. */
  @InstantColumn()
  receivedAt!: Date;
}

export type RunStatus = 'pending' | 'done' | 'dead' | 'ignored';

/** The state of one handler on one event; no row where it was not run yet. */
@Entity('webhook_handler_runs')
export class HandlerRun {
  @PrimaryColumn({ type: 'varchar' })
  eventId!: string;

  /** The handler's class name. */
  @PrimaryColumn({ type: 'varchar' })
  handler!: string;

  @Column({ type: 'varchar' })
  status!: RunStatus;

  /** How often it succeeded or failed since it was made due; ignoring an event is no attempt. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** The message of the last failure; of an ignored run, the handler's reason. */
  @OptionalText()
  lastError!: string | null;

  /** When a pending run is tried again; `null` in every other state. */
  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;
}
