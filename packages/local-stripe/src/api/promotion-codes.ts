import { unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  currency,
  integer,
  metadata,
  oneOf,
  optional,
  shape,
  text,
} from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import type { PromotionCode } from '../model/wire.js';
import { findOr404, retrieving } from './reading.js';
import { moment } from './subscription-params.js';

const creation = shape({
  active: optional(boolean),
  code: optional(text),
  /** The older word for `promotion[coupon]`. */
  coupon: optional(text),
  customer: optional(text),
  expires_at: optional(moment),
  max_redemptions: optional(integer({ min: 1 })),
  metadata: optional(metadata),
  promotion: optional(shape({ coupon: optional(text), type: oneOf('coupon') })),
  restrictions: optional(
    shape({
      first_time_transaction: optional(boolean),
      minimum_amount: optional(integer({ min: 1 })),
      minimum_amount_currency: optional(currency),
    }),
  ),
});

const create = endpoint(creation, async ({ tx, params }) => {
  const named = params.promotion?.coupon ?? params.coupon;
  if (named === undefined) throw missingParameter('promotion');
  if (!(await tx.objects.find('coupon', named)))
    throw noSuch('coupon', named, params.coupon ? 'coupon' : 'promotion[coupon]');
  if (params.customer !== undefined && !(await tx.objects.find('customer', params.customer))) {
    throw noSuch('customer', params.customer, 'customer');
  }
  const code = params.code ?? randomText(8).toUpperCase();
  const [taken] = await tx.objects.list('promotion_code', { limit: 1, where: { code, active: true } });
  if (taken) throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, 'code');
  const { first_time_transaction = false, minimum_amount, minimum_amount_currency } = params.restrictions ?? {};
  const promotionCode: PromotionCode = {
    id: newId('promotionCode'),
    object: 'promotion_code',
    active: params.active ?? true,
    code,
    created: unixNow(),
    customer: params.customer ?? null,
    customer_account: null,
    expires_at: params.expires_at ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: changeMetadata({}, params.metadata),
    promotion: { coupon: named, type: 'coupon' },
    restrictions: {
      first_time_transaction,
      minimum_amount: minimum_amount ?? null,
      minimum_amount_currency: minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  };
  await tx.objects.insert(promotionCode);
  await tx.events.record('promotion_code.created', promotionCode);
  return promotionCode;
});

const update = endpoint(
  shape({ active: optional(boolean), metadata: optional(metadata) }),
  async ({ tx, params, id }) => {
    const before = await findOr404(tx, 'promotion_code', id);
    const { active = before.active } = params;
    const after = { ...before, active, metadata: changeMetadata(before.metadata ?? {}, params.metadata) };
    await tx.objects.save(after);
    await tx.events.record('promotion_code.updated', after, before);
    return after;
  },
);

const filters = shape({
  ...pageParams,
  active: optional(boolean),
  code: optional(text),
  coupon: optional(text),
  created,
  customer: optional(text),
});

const listAll = endpoint(filters, ({ tx, params: { active, code, coupon, customer, ...rest }, path }) =>
  page(tx, 'promotion_code', path, { ...rest, where: { active, code, 'promotion.coupon': coupon, customer } }),
);

export function promotionCodeRoutes(api: ApiRouter): void {
  api.post('/promotion_codes', create);
  api.get('/promotion_codes', listAll);
  api.get('/promotion_codes/:id', retrieving('promotion_code'));
  api.post('/promotion_codes/:id', update);
}
