import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn, OptionalText } from '../database/columns.js';

export type EventStatus = 'pending' | 'done' | 'dead' | 'ignored';

/** An event as it came, whole, and how far its handling is. */
@Entity('webhook_events')
export class WebhookEvent {
  /** Stripe's `evt_…`: the same event twice is one row. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
  @Column({ type: 'varchar' })
  type!: string;

  @Column({ type: 'text' })
  payload!: string;

  @Column({ type: 'varchar' })
  status!: EventStatus;

  /** Why it is ignored or dead. */
  @OptionalText()
  reason!: string | null;

  /** How often handling it was begun. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** When it is due; none once it is finished. A claim moves it to the end of its lease, so that a dead worker's events fall due by themselves. */
  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;

  /** Who handles it now; a worker that no longer holds this token can complete nothing. */
  @OptionalText()
  leaseToken!: string | null;

  /** Stripe's clock, whole seconds. */
  @InstantColumn()
  createdAt!: Date;

  @InstantColumn()
  receivedAt!: Date;
}

export type RunStatus = 'pending' | 'done' | 'dead' | 'ignored';

/** What became of one handler on one event. */
@Entity('webhook_handler_runs')
export class HandlerRun {
  @PrimaryColumn({ type: 'varchar' })
  eventId!: string;

  /** The handler's class name. */
  @PrimaryColumn({ type: 'varchar' })
  handler!: string;

  @Column({ type: 'varchar' })
  status!: RunStatus;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Of a run that is ignored, why the handler left the event alone. */
  @OptionalText()
  lastError!: string | null;

  @InstantColumn({ nullable: true })
  nextAttemptAt!: Date | null;
}
