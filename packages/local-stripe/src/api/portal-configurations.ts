import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  emptyable,
  metadata,
  optional,
  sdkObject,
  shape,
  text,
  webAddress,
} from '../conventions/params/index.js';
import { unixNow } from '../model/clock.js';
import type { PortalConfiguration } from '../model/wire.js';
import {
  defaultConfiguration,
  newConfiguration,
  withFeatures,
  type AskedFeatures,
} from '../billing/portal-configuration.js';
import type { Tx } from '../state/store.js';
import { findOr404, retrieving } from './reading.js';

const METHOD = 'POST /v1/billing_portal/configurations';
/** The most products that a customer can choose from (SUBSCRIPTIONS.md 1, "Portal"). */
const MOST_PRODUCTS = 10;

const fields = {
  business_profile: optional(
    shape({
      headline: optional(emptyable(text)),
      privacy_policy_url: optional(emptyable(webAddress)),
      terms_of_service_url: optional(emptyable(webAddress)),
    }),
  ),
  default_return_url: optional(emptyable(webAddress)),
  features: optional(sdkObject(METHOD)),
  login_page: optional(shape({ enabled: boolean })),
  metadata: optional(metadata),
  name: optional(emptyable(text)),
};

const create = endpoint(shape(fields), async ({ tx, params, origin }) => {
  if (!params.features) throw missingParameter('features');
  const configuration = await changed(tx, newConfiguration(), params, origin);
  await tx.objects.insert(configuration);
  await tx.events.record('billing_portal.configuration.created', configuration);
  return configuration;
});

const update = endpoint(shape({ ...fields, active: optional(boolean) }), async ({ tx, params, id, origin }) => {
  const before = await findOr404(tx, 'billing_portal.configuration', id);
  if (before.is_default && params.active === false) {
    throw invalidRequest('You cannot deactivate the default configuration.', 'active');
  }
  const after = { ...(await changed(tx, before, params, origin)), active: params.active ?? before.active };
  await tx.objects.save({ ...after, updated: unixNow() });
  await tx.events.record('billing_portal.configuration.updated', { ...after, updated: unixNow() }, before);
  return { ...after, updated: unixNow() };
});

type Asked = Omit<Partial<Parameters<typeof changedFields>[1]>, 'features'> & { features?: object | undefined };

async function changed(
  tx: Tx,
  before: PortalConfiguration,
  params: Asked,
  origin: string,
): Promise<PortalConfiguration> {
  const features = withFeatures(before.features, (params.features ?? {}) as AskedFeatures);
  await checkUpdates(tx, features);
  return { ...changedFields(before, params, origin), features };
}

function changedFields(
  before: PortalConfiguration,
  {
    business_profile: profile,
    default_return_url: returnUrl,
    login_page: login,
    metadata: said,
    name,
  }: {
    business_profile?: object | undefined;
    default_return_url?: string | null | undefined;
    login_page?: { enabled: boolean } | undefined;
    metadata?: Parameters<typeof changeMetadata>[1];
    name?: string | null | undefined;
  },
  origin: string,
): PortalConfiguration {
  const given = Object.entries(profile ?? {}).filter(([, value]) => value !== undefined);
  return {
    ...before,
    business_profile: { ...before.business_profile, ...Object.fromEntries(given) },
    default_return_url: returnUrl === undefined ? before.default_return_url : returnUrl,
    login_page: login
      ? { enabled: login.enabled, url: login.enabled ? `${origin}/p/login/${before.id}` : null }
      : before.login_page,
    metadata: changeMetadata(before.metadata ?? {}, said),
    name: name === undefined ? before.name : name,
  };
}

/** Changes of plan need to know which, and each must exist. */
async function checkUpdates(tx: Tx, features: PortalConfiguration['features']): Promise<void> {
  const param = 'features[subscription_update]';
  const { default_allowed_updates: allowed, enabled, products } = features.subscription_update;
  if (enabled && allowed.length === 0) throw missingParameter(`${param}[default_allowed_updates]`);
  if (enabled && !products) throw missingParameter(`${param}[products]`);
  if ((products?.length ?? 0) > MOST_PRODUCTS) {
    throw invalidRequest(`You can pass at most ${MOST_PRODUCTS} products.`, `${param}[products]`);
  }
  for (const [index, { product, prices }] of (products ?? []).entries()) {
    const at = `${param}[products][${index}]`;
    if (!(await tx.objects.find('product', product))) throw noSuch('product', product, `${at}[product]`);
    for (const [place, price] of prices.entries()) {
      const found = await tx.objects.find('price', price);
      if (!found) throw noSuch('price', price, `${at}[prices][${place}]`);
      if (found.product !== product) {
        throw invalidRequest(`The price ${price} is not of the product ${product}.`, `${at}[prices][${place}]`);
      }
    }
  }
}

const filters = shape({ ...pageParams, active: optional(boolean), is_default: optional(boolean) });

/** The default one is among them: it is made here, where it was not needed yet, so that an app can find and change it. */
const listAll = endpoint(filters, async ({ tx, params: { active, is_default, ...rest }, path }) => {
  await defaultConfiguration(tx);
  return page(tx, 'billing_portal.configuration', path, { ...rest, where: { active, is_default } });
});

export function portalConfigurationRoutes(api: ApiRouter): void {
  api.post('/billing_portal/configurations', create);
  api.getOrMake('/billing_portal/configurations', listAll);
  api.get('/billing_portal/configurations/:id', retrieving('billing_portal.configuration'));
  api.post('/billing_portal/configurations/:id', update);
}
