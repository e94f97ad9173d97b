import { Column, Entity, PrimaryColumn } from 'typeorm';
import { FlagColumn, InstantColumn, OptionalText } from '../database/columns.js';
import type { Owner } from './owner.js';

/** The Stripe Customer of an owner. The row is inserted before Stripe is asked to create it. One that is not deleted for each owner. */
@Entity('customers')
export class Customer {
  /** Our id. Stripe gets it in the metadata and in the idempotency key. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ type: 'varchar' })
  ownerType!: Owner['type'];

  @Column({ type: 'varchar' })
  ownerId!: string;

  /** Whether it is a customer of Stripe's live mode. */
  @FlagColumn()
  livemode!: boolean;

  /** Where Stripe writes to. Empty once it is erased. */
  @Column({ type: 'varchar' })
  email!: string;

  /** The address that the user had in this app, as far as is known; `null`: not known, or of an organisation, which has none. */
  @OptionalText()
  userEmail!: string | null;

  /** When the user's address changed, while Stripe does not have it yet; `null`: Stripe has it. */
  @InstantColumn({ nullable: true })
  emailChangedAt!: Date | null;

  @OptionalText()
  name!: string | null;

  /** `cus_…`; `null` until Stripe has answered. */
  @OptionalText()
  stripeCustomerId!: string | null;

  /** When Stripe was first asked to create it. */
  @InstantColumn({ nullable: true })
  askedAt!: Date | null;

  /** By Stripe's clock, of the newest event that `email` and `name` are from. */
  @InstantColumn({ nullable: true })
  changedAt!: Date | null;

  /** When it was deleted at Stripe. Its owner gets another one with the next purchase. */
  @InstantColumn({ nullable: true })
  deletedAt!: Date | null;

  /** When its personal data were erased here (`customers erase`). */
  @InstantColumn({ nullable: true })
  erasedAt!: Date | null;

  @InstantColumn()
  createdAt!: Date;
}
