import { Column, Entity, PrimaryColumn } from 'typeorm';
import { FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { Owner } from '../../customers/owner.js';

/** Whether an owner has a feature. One row each, so that the question is one read. */
@Entity('entitlements')
export class Entitlement {
  @PrimaryColumn({ type: 'varchar' })
  ownerType!: Owner['type'];
  @PrimaryColumn({ type: 'varchar' })
  ownerId!: string;
  @PrimaryColumn({ type: 'varchar' })
  feature!: string;
  /** The subscription that grants it, or did last. */
  @OptionalText()
  subscriptionId!: string | null;
  @FlagColumn()
  granted!: boolean;
  /** Until when that holds by the passing of time alone; `null`: without an end. */
  @InstantColumn({ nullable: true })
  untilAt!: Date | null;
  @Column({ type: 'varchar' })
  reason!: string;
  /** The `seq` of its last change. */
  @Column({ type: 'integer' })
  seq!: number;
}

/** A feature was granted or revoked. Rows are only ever added. */
@Entity('entitlement_changes')
export class EntitlementChange {
  @PrimaryColumn({ type: 'varchar' })
  ownerType!: Owner['type'];
  @PrimaryColumn({ type: 'varchar' })
  ownerId!: string;
  @PrimaryColumn({ type: 'varchar' })
  feature!: string;
  /** Counts the changes of an owner's feature from 1. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;
  @Column({ type: 'varchar' })
  change!: 'granted' | 'revoked';
  @OptionalText()
  subscriptionId!: string | null;
  /** The event's id, the user's action, or `time`. */
  @Column({ type: 'varchar' })
  cause!: string;
  @InstantColumn()
  at!: Date;
  @InstantColumn()
  learnedAt!: Date;
}
