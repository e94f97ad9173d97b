import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { page, pageParams, type Page } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  emptyable,
  longText,
  metadata,
  optional,
  shape,
  text,
} from '../conventions/params/index.js';
import { activeEntitlements } from '../billing/entitlements.js';
import { newId } from '../model/ids.js';
import { unixNow } from '../model/clock.js';
import type { ActiveEntitlement, Feature, ProductFeature } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { findOr404, retrieving } from './reading.js';

const create = endpoint(
  shape({ lookup_key: longText(80), metadata: optional(metadata), name: longText(80) }),
  async ({ tx, params: { lookup_key, metadata: said, name } }) => {
    const [same] = await tx.objects.list('entitlements.feature', { limit: 1, where: { lookup_key, active: true } });
    if (same) {
      throw invalidRequest(
        `A feature with the lookup key ${lookup_key} exists already.`,
        'lookup_key',
        'resource_already_exists',
      );
    }
    const feature: Feature = {
      id: newId('feature'),
      object: 'entitlements.feature',
      active: true,
      created: unixNow(),
      livemode: false,
      lookup_key,
      metadata: changeMetadata({}, said),
      name,
    };
    await tx.objects.insert(feature);
    return shown(feature);
  },
);

/** Stripe shows no time of creation; it is stored for the order of lists. */
const shown = ({ created: _created, ...feature }: Feature): object => feature;

const update = endpoint(
  shape({ active: optional(boolean), metadata: optional(emptyable(metadata)), name: optional(longText(80)) }),
  async ({ tx, id, params: { active, metadata: said, name } }) => {
    const before = await findOr404(tx, 'entitlements.feature', id);
    const after: Feature = {
      ...before,
      active: active ?? before.active,
      metadata: said === null ? {} : changeMetadata(before.metadata, said),
      name: name ?? before.name,
    };
    await tx.objects.save(after);
    return shown(after);
  },
);

const filters = shape({ ...pageParams, archived: optional(boolean), lookup_key: optional(text) });

const listAll = endpoint(filters, async ({ tx, params: { archived, lookup_key, ...rest }, path }) => {
  const active = archived === undefined ? undefined : !archived;
  const found = await page(tx, 'entitlements.feature', path, { ...rest, where: { active, lookup_key } });
  return { ...found, data: found.data.map((feature) => shown(feature)) };
});

/** All in one page: a customer has few. */
const listActive = endpoint(
  shape({ ...pageParams, customer: text }),
  async ({ tx, params: { customer }, path }): Promise<Page<ActiveEntitlement>> => {
    if (!(await tx.objects.find('customer', customer))) throw noSuch('customer', customer, 'customer');
    return { object: 'list', data: await activeEntitlements(tx, customer), has_more: false, url: path };
  },
);

const retrieveActive = endpoint(shape({}), async ({ tx, id }) => {
  for (const { id: customer } of await tx.objects.list('customer', { limit: -1 })) {
    const found = (await activeEntitlements(tx, customer)).find((each) => each.id === id);
    if (found) return found;
  }
  throw noSuch('active entitlement', id, 'id', 404);
});

async function featuresOf(tx: Tx, product: string): Promise<ProductFeature[]> {
  await findOr404(tx, 'product', product);
  const notes = await tx.objects.findNotes('product', product);
  const found: ProductFeature[] = [];
  for (const { id, feature } of notes?.features ?? []) {
    const entitlement_feature = shown(await tx.objects.get('entitlements.feature', feature)) as Feature;
    found.push({ id, object: 'product_feature', entitlement_feature, livemode: false });
  }
  return found;
}

const attach = endpoint(
  shape({ entitlement_feature: text }),
  async ({ tx, id, params: { entitlement_feature: of } }) => {
    const before = await featuresOf(tx, id);
    const feature = await tx.objects.find('entitlements.feature', of);
    if (!feature) throw noSuch('feature', of, 'entitlement_feature');
    if (before.some((each) => each.entitlement_feature.id === of)) {
      throw invalidRequest(`The product has the feature ${of} already.`, 'entitlement_feature');
    }
    const made = { id: newId('productFeature'), feature: of };
    const features = [...((await tx.objects.findNotes('product', id))?.features ?? []), made];
    await tx.objects.note('product', id, { features });
    return { id: made.id, object: 'product_feature', entitlement_feature: shown(feature), livemode: false };
  },
);

const listOfProduct = endpoint(shape(pageParams), async ({ tx, id, path }): Promise<Page<ProductFeature>> => {
  return { object: 'list', data: await featuresOf(tx, id), has_more: false, url: path };
});

async function ofProduct(tx: Tx, product: string, id: string): Promise<ProductFeature> {
  const found = (await featuresOf(tx, product)).find((each) => each.id === id);
  if (!found) throw noSuch('product_feature', id, 'id', 404);
  return found;
}

const detach = endpoint(shape({}), async ({ tx, id, nested }) => {
  await ofProduct(tx, id, nested);
  const left = (await tx.objects.notes('product', id)).features.filter((each) => each.id !== nested);
  await tx.objects.note('product', id, { features: left });
  return { id: nested, object: 'product_feature', deleted: true as const };
});

export function entitlementRoutes(api: ApiRouter): void {
  api.post('/entitlements/features', create);
  api.get('/entitlements/features', listAll);
  api.get('/entitlements/features/:id', retrieving('entitlements.feature'));
  api.post('/entitlements/features/:id', update);
  api.get('/entitlements/active_entitlements', listActive);
  api.get('/entitlements/active_entitlements/:id', retrieveActive);
  api.post('/products/:id/features', attach);
  api.get('/products/:id/features', listOfProduct);
  api.get(
    '/products/:id/features/:nested',
    endpoint(shape({}), ({ tx, id, nested }) => ofProduct(tx, id, nested)),
  );
  api.delete('/products/:id/features/:nested', detach);
}
