import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { pageParams } from '../conventions/lists.js';
import { boolean, integer, optional, shape, text, type ValueOf } from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { type Loaded, loadSubscription } from '../billing/subscription-store.js';
import type { SubscriptionItem } from '../model/wire.js';
import { itemFields, paymentBehavior, prorationBehavior, type ChangedItemParams } from './subscription-params.js';
import type { Changes } from './subscription-changes.js';
import { updateOf } from './subscription-update.js';

const how = {
  off_session: optional(boolean),
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: optional(integer({ min: 0 })),
};

const creation = shape({ ...itemFields, ...how, subscription: text });
const changes = shape({ ...itemFields, ...how });
const removal = shape({ clear_usage: optional(boolean), ...how });

type How = Pick<ValueOf<typeof changes>, keyof typeof how>;

/** Items are changed by an update of their subscription. */
async function updateItem(tx: Tx, loaded: Loaded, item: Partial<ChangedItemParams>, asked: How, origin: string) {
  const { off_session, payment_behavior, proration_behavior, proration_date } = asked;
  const params = { items: [item], off_session, payment_behavior, proration_behavior, proration_date } as Changes;
  return updateOf(tx, loaded, params, origin);
}

const itemParams = ({
  off_session: _o,
  payment_behavior: _p,
  proration_behavior: _b,
  proration_date: _d,
  ...item
}: ValueOf<typeof changes>) => item;

async function itemOr404(tx: Tx, id: string): Promise<{ item: SubscriptionItem; loaded: Loaded }> {
  const row = await tx.objects.find('subscription_item', id);
  const loaded = row && (await loadSubscription({ tx }, row.subscription));
  const item = loaded?.subscription.items.data.find((each) => each.id === id);
  if (!loaded || !item) throw noSuch('subscription_item', id, 'id', 404);
  return { item, loaded };
}

const filters = shape({ ...pageParams, subscription: text });

const listAll = endpoint(filters, async ({ tx, params: { subscription, limit = 10, starting_after: after }, path }) => {
  const loaded = await loadSubscription({ tx }, subscription);
  if (!loaded) throw noSuch('subscription', subscription, 'subscription');
  const { data: all } = loaded.subscription.items;
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const data = all.slice(from, from + limit);
  return { object: 'list', data, has_more: from + limit < all.length, url: path };
});

export function subscriptionItemRoutes(api: ApiRouter): void {
  api.post(
    '/subscription_items',
    endpoint(creation, async ({ tx, params: { subscription, ...asked }, origin }) => {
      const loaded = await loadSubscription({ tx }, subscription);
      if (!loaded) throw noSuch('subscription', subscription, 'subscription');
      const after = await updateItem(tx, loaded, itemParams(asked), asked, origin);
      const made = after.items.data.at(-1);
      if (!made) throw invalidRequest('The item was not added.');
      return made;
    }),
  );
  api.get('/subscription_items', listAll);
  api.get(
    '/subscription_items/:id',
    endpoint(shape({}), async ({ tx, id }) => (await itemOr404(tx, id)).item),
  );
  api.post(
    '/subscription_items/:id',
    endpoint(changes, async ({ tx, params, id, origin }) => {
      const { loaded, item } = await itemOr404(tx, id);
      const after = await updateItem(tx, loaded, { id, ...itemParams(params) }, params, origin);
      return after.items.data.find((each) => each.id === id) ?? item;
    }),
  );
  api.delete(
    '/subscription_items/:id',
    endpoint(removal, async ({ tx, params, id, origin }) => {
      const { loaded } = await itemOr404(tx, id);
      await updateItem(tx, loaded, { id, deleted: true }, params, origin);
      return { id, object: 'subscription_item' as const, deleted: true };
    }),
  );
}
