import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../database/columns.js';

/** How often somebody did something in the present span of time. */
@Entity('rate_limits')
export class RateLimitRow {
  /** A hash of what was done and by whom. */
  @PrimaryColumn({ type: 'varchar' })
  key!: string;

  @Column({ type: 'integer' })
  hits!: number;

  /** Hits are counted anew after this. */
  @InstantColumn()
  endsAt!: Date;
}
