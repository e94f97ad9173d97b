import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { integer, list, oneOf, optional, shape, text, webAddress, type ValueOf } from '../conventions/params/index.js';
import { originAt } from '../http/origin.js';
import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { PortalConfiguration, PortalSession } from '../model/wire.js';
import { defaultConfiguration } from '../billing/portal-configuration.js';
import type { Tx } from '../state/store.js';

const ofSubscription = optional(shape({ subscription: text }));

const flowData = shape({
  after_completion: optional(
    shape({
      hosted_confirmation: optional(shape({ custom_message: optional(text) })),
      redirect: optional(shape({ return_url: webAddress })),
      type: oneOf('hosted_confirmation', 'portal_homepage', 'redirect'),
    }),
  ),
  subscription_cancel: optional(
    shape({
      retention: optional(shape({ coupon_offer: shape({ coupon: text }), type: oneOf('coupon_offer') })),
      subscription: text,
    }),
  ),
  subscription_pause: ofSubscription,
  subscription_update: ofSubscription,
  subscription_update_confirm: optional(
    shape({
      discounts: optional(list(shape({ coupon: optional(text), promotion_code: optional(text) }))),
      items: list(shape({ id: text, price: optional(text), quantity: optional(integer({ min: 0 })) })),
      subscription: text,
    }),
  ),
  type: oneOf(
    'customer_update',
    'payment_method_update',
    'subscription_cancel',
    'subscription_pause',
    'subscription_update',
    'subscription_update_confirm',
  ),
});

type FlowData = ValueOf<typeof flowData>;

const params = shape({
  configuration: optional(text),
  customer: optional(text),
  flow_data: optional(flowData),
  locale: optional(text),
  on_behalf_of: optional(text),
  return_url: optional(webAddress),
});

const create = (pageHost: string | undefined) =>
  endpoint(params, async ({ tx, params: said, origin }) => {
    const { customer, flow_data: asked } = said;
    if (customer === undefined) throw missingParameter('customer');
    if (!(await tx.objects.find('customer', customer))) throw noSuch('customer', customer, 'customer');
    const configuration = await configurationNamed(tx, said.configuration);
    if (asked) await checkFlow(tx, asked, customer, configuration);
    return newPortalSession(
      tx,
      {
        configuration,
        customer,
        flow: asked ? flowOf(asked) : null,
        locale: said.locale ?? null,
        onBehalfOf: said.on_behalf_of ?? null,
        returnUrl: said.return_url ?? null,
      },
      originAt(origin, pageHost),
    );
  });

interface NewPortal {
  /** Defaults to the default configuration. */
  configuration?: PortalConfiguration;
  customer: string;
  flow?: PortalSession['flow'];
  locale?: string | null;
  onBehalfOf?: string | null;
  /** Defaults to that of the configuration. */
  returnUrl: string | null;
}

/** Opens the portal for a customer. `origin`: of its pages. */
export async function newPortalSession(tx: Tx, given: NewPortal, origin: string): Promise<PortalSession> {
  const { customer, flow = null, locale = null, onBehalfOf = null, returnUrl } = given;
  const configuration = given.configuration ?? (await defaultConfiguration(tx));
  const id = newId('portalSession');
  const session: PortalSession = {
    id,
    object: 'billing_portal.session',
    after_expiration: null,
    configuration: configuration.id,
    created: unixNow(),
    customer,
    customer_account: null,
    flow,
    livemode: false,
    locale: locale as PortalSession['locale'],
    on_behalf_of: onBehalfOf,
    return_url: returnUrl ?? configuration.default_return_url,
    url: `${origin}/p/session/${id}`,
  };
  await tx.objects.insert(session);
  await tx.events.record('billing_portal.session.created', session);
  return session;
}

async function configurationNamed(tx: Tx, id: string | undefined): Promise<PortalConfiguration> {
  if (id === undefined) return defaultConfiguration(tx);
  const found = await tx.objects.find('billing_portal.configuration', id);
  if (!found) throw noSuch('configuration', id, 'configuration');
  if (!found.active) throw invalidRequest(`The configuration ${id} is inactive.`, 'configuration');
  return found;
}

/** Throws ApiError 400 where the flow's subscription is not the customer's, or its feature is off. */
async function checkFlow(tx: Tx, flow: FlowData, customer: string, { features }: PortalConfiguration): Promise<void> {
  const { type } = flow;
  const feature = type === 'subscription_update_confirm' ? 'subscription_update' : type;
  if (!features[feature].enabled) {
    const message = `This flow cannot be used because the ${feature} feature in your portal configuration is disabled.`;
    throw invalidRequest(message, 'flow_data[type]');
  }
  if (type === 'customer_update' || type === 'payment_method_update') return;
  const named = flow[type];
  if (!named) throw missingParameter(`flow_data[${type}]`);
  const param = `flow_data[${type}][subscription]`;
  const subscription = await tx.objects.find('subscription', named.subscription);
  if (!subscription || subscription.customer !== customer) throw noSuch('subscription', named.subscription, param);
  if (['canceled', 'incomplete_expired'].includes(subscription.status)) {
    throw invalidRequest('This subscription has been canceled and cannot be changed.', param);
  }
  const { items = [] } = flow.subscription_update_confirm ?? {};
  if (type !== 'subscription_update_confirm') return;
  if (items.length !== 1) {
    throw invalidRequest('You must pass exactly one item.', `flow_data[${type}][items]`);
  }
  const itemParam = `flow_data[${type}][items][0]`;
  if (!subscription.items.data.some(({ id }) => id === items[0]?.id)) {
    throw noSuch('subscription item', String(items[0]?.id), `${itemParam}[id]`);
  }
  const price = items[0]?.price;
  const offered = features.subscription_update.products?.some((product) => product.prices.includes(String(price)));
  if (price !== undefined && !offered) {
    throw invalidRequest(`The price ${price} is not in the portal's configuration.`, `${itemParam}[price]`);
  }
}

function flowOf(flow: FlowData): NonNullable<PortalSession['flow']> {
  const { after_completion: after, subscription_update_confirm: confirm } = flow;
  return {
    after_completion: {
      hosted_confirmation: after?.hosted_confirmation
        ? { custom_message: after.hosted_confirmation.custom_message ?? null }
        : null,
      redirect: after?.redirect ?? null,
      type: after?.type ?? 'portal_homepage',
    },
    customer_update: flow.type === 'customer_update' ? {} : null,
    subscription_cancel: flow.subscription_cancel
      ? { retention: flow.subscription_cancel.retention ?? null, subscription: flow.subscription_cancel.subscription }
      : null,
    subscription_pause: flow.subscription_pause ?? null,
    subscription_update: flow.subscription_update ?? null,
    subscription_update_confirm: confirm
      ? {
          discounts:
            confirm.discounts?.map(({ coupon, promotion_code: code }) => ({
              coupon: coupon ?? null,
              promotion_code: code ?? null,
            })) ?? null,
          items: confirm.items.map(({ id, price, quantity }) => ({
            id,
            price: price ?? null,
            ...(quantity !== undefined && { quantity }),
          })),
          subscription: confirm.subscription,
        }
      : null,
    type: flow.type,
  };
}

/** `pageHost`: the host name of the pages; undefined: the caller's. */
export function portalSessionRoutes(api: ApiRouter, pageHost: string | undefined): void {
  api.post('/billing_portal/sessions', create(pageHost));
}
