import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn, OptionalText } from '../database/columns.js';

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
