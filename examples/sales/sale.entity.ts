import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../database/columns.js';

/** One charge that brought money, with the country of the card: what a tax return asks for. */
@Entity('sales')
export class Sale {
  /** Stripe's `ch_…` or `py_…`. */
  @PrimaryColumn({ type: 'varchar' })
  chargeId!: string;

  /** ISO 3166, two letters; `null` where it was not paid by card. */
  @OptionalText()
  cardCountry!: string | null;

  /** Minor unit of the currency: 1999 is USD 19.99 but JPY 1999. */
  @AmountColumn()
  amount!: number;

  /** ISO 4217, in lower case. */
  @Column({ type: 'varchar' })
  currency!: string;

  @InstantColumn()
  soldAt!: Date;
}
