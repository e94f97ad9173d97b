import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Owner } from '../../customers/owner.js';
import { Clock } from '../../time/clock.js';
import type { AccessReason } from '../state/derive-access.js';
import { Entitlement, EntitlementChange } from './entitlement.entity.js';
import { readReason } from './reason.js';

/** Whether an owner has a feature, and why. */
export interface EntitlementState {
  feature: string;
  granted: boolean;
  /** Why; `undefined` where the owner never had it. */
  reason: AccessReason | undefined;
  /** When it ends by itself, or ended; `null`: it does not, or never was. */
  until: Date | null;
  subscriptionId: string | null;
}

const HAS = 'SELECT granted, until_at FROM entitlements WHERE owner_type = $1 AND owner_id = $2 AND feature = $3';

/** What owners may do. For routes there is `@RequiresEntitlement`, for what happens at a change `@OnEntitlement`. */
@Injectable()
export class EntitlementsService {
  constructor(
    @InjectRepository(Entitlement) private readonly entitlements: Repository<Entitlement>,
    @InjectRepository(EntitlementChange) private readonly changes: Repository<EntitlementChange>,
    private readonly clock: Clock,
  ) {}

  /** Whether the owner has the feature at this moment. Reads one row. */
  async has(owner: Owner, feature: string): Promise<boolean> {
    const [row]: { granted: number; until_at: number | string | null }[] = await this.entitlements.query(HAS, [
      owner.type,
      owner.id,
      feature,
    ]);
    return row?.granted === 1 && (row.until_at === null || Number(row.until_at) > this.clock.now().getTime());
  }

  /** The same with its reason. */
  async explain(owner: Owner, feature: string): Promise<EntitlementState> {
    const row = await this.entitlements.findOneBy({ ownerType: owner.type, ownerId: owner.id, feature });
    return row ? this.stateOf(row) : { feature, granted: false, reason: undefined, until: null, subscriptionId: null };
  }

  /** All features that the owner has or had, in alphabetical order. */
  async list(owner: Owner): Promise<EntitlementState[]> {
    const where = { ownerType: owner.type, ownerId: owner.id };
    return (await this.entitlements.find({ where, order: { feature: 'ASC' } })).map((row) => this.stateOf(row));
  }

  /** Every grant and revocation of an owner, oldest first for each feature. */
  history(owner: Owner): Promise<EntitlementChange[]> {
    return this.changes.find({
      where: { ownerType: owner.type, ownerId: owner.id },
      order: { feature: 'ASC', seq: 'ASC' },
    });
  }

  private stateOf({ feature, granted, untilAt, reason, subscriptionId }: Entitlement): EntitlementState {
    const lapsed = untilAt !== null && untilAt <= this.clock.now();
    return { feature, granted: granted && !lapsed, reason: readReason(reason), until: untilAt, subscriptionId };
  }
}
