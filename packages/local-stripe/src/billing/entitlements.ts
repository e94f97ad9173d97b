import { createHash } from 'node:crypto';
import type { ActiveEntitlement, StoredObject, Subscription } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** While it has one of these statuses, a subscription entitles its customer to the features of its products. */
const ENTITLING = ['active', 'past_due', 'trialing'];

/** What a customer is entitled to, by the products of their subscriptions. */
export async function activeEntitlements(tx: Tx, customer: string): Promise<ActiveEntitlement[]> {
  const subscriptions = await tx.objects.list('subscription', { limit: -1, where: { customer, status: ENTITLING } });
  const products = new Set(subscriptions.flatMap(({ items }) => items.data.map(({ price }) => price.product)));
  const features = new Set<string>();
  for (const product of products) {
    for (const { feature } of (await tx.objects.findNotes('product', product))?.features ?? []) features.add(feature);
  }
  const entitlements: ActiveEntitlement[] = [];
  for (const feature of features) {
    const found = await tx.objects.find('entitlements.feature', feature);
    if (found?.active) entitlements.push(entitlementTo(found, customer));
  }
  return entitlements;
}

/** Its id follows from the customer and the feature, so that it stays the same. */
const entitlementTo = (
  { id, lookup_key }: { id: string; lookup_key: string },
  customer: string,
): ActiveEntitlement => ({
  id: `ent_test_${createHash('sha256').update(`${customer} ${id}`).digest('hex').slice(0, 24)}`,
  object: 'entitlements.active_entitlement',
  feature: id,
  livemode: false,
  lookup_key,
});

/** Asked once per transaction: no call makes a feature and changes a subscription. */
const anyFeatures = new WeakMap<Tx, Promise<boolean>>();

function hasFeatures(tx: Tx): Promise<boolean> {
  const asked =
    anyFeatures.get(tx) ?? tx.objects.list('entitlements.feature', { limit: 1 }).then(({ length }) => length > 0);
  anyFeatures.set(tx, asked);
  return asked;
}

/** Records `entitlements.active_entitlement_summary.updated` where a change of a subscription changed what it entitles to. */
export async function reviewEntitlements(tx: Tx, { customer: of }: Pick<Subscription, 'customer'>): Promise<void> {
  if (!(await hasFeatures(tx))) return;
  const customer = String(of);
  const notes = await tx.objects.findNotes('customer', customer);
  const data = await activeEntitlements(tx, customer);
  const now = data.map(({ id }) => id).toSorted();
  if (now.join() === (notes?.entitlements ?? []).join()) return;
  await tx.objects.note('customer', customer, { cash: {}, ...notes, entitlements: now });
  const url = `/v1/customer/${customer}/entitlements`;
  const summary = {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: { object: 'list', data, has_more: false, url },
    livemode: false,
  };
  await tx.events.record('entitlements.active_entitlement_summary.updated', summary as unknown as StoredObject);
}
