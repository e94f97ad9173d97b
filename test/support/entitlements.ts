import type { INestApplicationContext } from '@nestjs/common';
import type { Owner } from '../../src/customers/owner.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { EntitlementSync, type Grant } from '../../src/subscriptions/access/entitlement-sync.service.js';
import { Clock } from '../../src/time/clock.js';

/**
 * Gives an owner these features and no others, as an active subscription does, and runs the handlers of what changes. `untilAt`: when
 * they end; by default never.
 *
 *     await giveFeatures(app.module, { type: 'user', id: 'jenny' }, ['pro']);
 */
export async function giveFeatures(
  app: INestApplicationContext,
  owner: Owner,
  features: readonly string[],
  untilAt: Date | null = null,
): Promise<void> {
  const entitlements = app.get(EntitlementSync, { strict: false });
  const at = app.get(Clock, { strict: false }).now();
  const grant: Grant = { subscriptionId: null, untilAt, reason: 'active' };
  const grants = new Map(features.map((feature) => [feature, grant]));
  const source = { loss: { reason: 'ended', at }, cause: 'test', at };
  await app.get(UnitOfWork, { strict: false }).run((tx) => entitlements.set(tx, owner, grants, source));
}

/** Takes all of the owner's features away. */
export const takeFeatures = (app: INestApplicationContext, owner: Owner): Promise<void> => giveFeatures(app, owner, []);
