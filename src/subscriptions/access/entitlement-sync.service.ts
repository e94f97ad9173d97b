import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { keyOfOwner, type Owner } from '../../customers/owner.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { Clock } from '../../time/clock.js';
import { HandlerFailedError } from '../../webhook/handler-errors.js';
import { findHandlers, type NamedHandler } from '../../webhook/handler-registry.js';
import { Entitlement, EntitlementChange } from './entitlement.entity.js';
import {
  type EntitlementEvent,
  type EntitlementHandler,
  type EntitlementTransition,
  HandledEntitlements,
} from './on-entitlement.js';
import { readReason, reasonInWords } from './reason.js';

/** A handler of `@OnEntitlement` threw: the change was not stored, and is tried again with whatever caused it. */
export class EntitlementHandlerError extends HandlerFailedError {
  constructor(handler: string, { feature, change, owner }: EntitlementEvent, cause: unknown) {
    super(handler, `${feature} (${change}) of ${keyOfOwner(owner)}`, cause);
  }
}

/** What gives a feature. */
export interface Grant {
  subscriptionId: string | null;
  /** When it ends though no event comes; `null`: never. */
  untilAt: Date | null;
  /** As it is stored (`storedReason`). */
  reason: string;
}

/** Why the features that an owner no longer has are gone, and since when. */
export interface Loss {
  reason: string;
  at: Date;
}

const entitlements = new Table(Entitlement);
const changes = new Table(EntitlementChange);

/** The one place that writes what owners may do. Runs the app's own handlers (`@OnEntitlement`) for each change. */
@Injectable()
export class EntitlementSync implements OnModuleInit {
  private handlers: ReadonlyMap<EntitlementTransition, readonly NamedHandler<EntitlementHandler>[]> = new Map();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly clock: Clock,
  ) {}

  /** @throws DuplicateHandlerError */
  onModuleInit(): void {
    this.handlers = findHandlers(this.discovery, HandledEntitlements, 'entitlement handler');
  }

  /** Lets other transactions of this owner wait for the end of this one. Call it before what decides is read. */
  lock(tx: EntityManager, owner: Owner): Promise<void> {
    return lockKeys(tx, [`entitlements of ${keyOfOwner(owner)}`]);
  }

  /**
   * Stores that the owner has these features and no others. Does nothing where that is so already.
   * @param loss for features that are not among them any more
   * @throws EntitlementHandlerError where a handler threw
   */
  async set(
    tx: EntityManager,
    owner: Owner,
    grants: ReadonlyMap<string, Grant>,
    { loss, cause, at }: { loss: Loss; cause: string; at: Date },
  ): Promise<void> {
    const rows = await entitlements.find(tx, { ownerType: owner.type, ownerId: owner.id });
    const known = new Map(rows.map((row) => [row.feature, row]));
    for (const [feature, grant] of [...grants].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const row = known.get(feature);
      if (row?.granted) await this.extend(tx, row, grant);
      else await this.change(tx, { owner, feature, row, granted: true, ...grant, cause, at });
    }
    for (const row of rows.toSorted((a, b) => (a.feature < b.feature ? -1 : 1))) {
      if (!row.granted || grants.has(row.feature)) continue;
      const { feature, subscriptionId } = row;
      await this.change(tx, { owner, feature, row, granted: false, subscriptionId, untilAt: loss.at, cause, ...loss });
    }
  }

  /** The same feature for longer, for shorter, or by another subscription. */
  private async extend(tx: EntityManager, row: Entitlement, { subscriptionId, untilAt, reason }: Grant): Promise<void> {
    const isSame =
      row.subscriptionId === subscriptionId && Number(row.untilAt) === Number(untilAt) && row.reason === reason;
    if (isSame) return;
    const { ownerType, ownerId, feature } = row;
    await entitlements.update(tx, { ownerType, ownerId, feature }, { subscriptionId, untilAt, reason });
  }

  private async change(
    tx: EntityManager,
    {
      owner,
      feature,
      row,
      cause,
      at,
      ...state
    }: Grant & {
      owner: Owner;
      feature: string;
      row: Entitlement | undefined;
      granted: boolean;
      cause: string;
      at: Date;
    },
  ): Promise<void> {
    const { subscriptionId } = state;
    const key = { ownerType: owner.type, ownerId: owner.id, feature };
    const seq = (row?.seq ?? 0) + 1;
    const change = state.granted ? 'granted' : 'revoked';
    if (row) await entitlements.update(tx, key, { ...state, seq });
    else await entitlements.insert(tx, { ...key, ...state, seq });
    await changes.insert(tx, { ...key, seq, change, subscriptionId, cause, at, learnedAt: this.clock.now() });
    const reason = readReason(state.reason);
    const words = reason ? reasonInWords(reason, state.untilAt ?? at) : state.reason;
    await this.run({ owner, feature, change, seq, subscriptionId, cause, at, reason: words }, tx);
  }

  private async run(event: EntitlementEvent, tx: EntityManager): Promise<void> {
    for (const { name, handler } of this.handlers.get(event.change) ?? [])
      await handler.apply(event, tx).catch((error: unknown) => {
        throw new EntitlementHandlerError(name, event, error);
      });
  }
}
