import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  changeMetadata,
  currency,
  emptyable,
  integer,
  list,
  longText,
  metadata,
  oneOf,
  optional,
  record,
  shape,
  text,
  type Reader,
} from '../conventions/params/index.js';
import { invalidRequest, missingParameter } from '../conventions/errors.js';
import type { Coupon } from '../model/wire.js';
import { deleting, findOr404, retrieving } from './reading.js';
import { moment } from './subscription-params.js';

/** Percent with decimals: above 0, at most 100. */
const percent: Reader<number> = (raw, param) => {
  const value = typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : NaN;
  if (!(value > 0 && value <= 100))
    throw invalidRequest('Invalid percent_off: must be greater than 0 and at most 100', param);
  return value;
};

const creation = shape({
  amount_off: optional(integer({ min: 1 })),
  applies_to: optional(shape({ products: list(text) })),
  currency: optional(currency),
  currency_options: optional(
    record((code, param) => void currency(code, param), shape({ amount_off: integer({ min: 1 }) })),
  ),
  duration: optional(oneOf('forever', 'once', 'repeating')),
  duration_in_months: optional(integer({ min: 1 })),
  id: optional(text),
  max_redemptions: optional(integer({ min: 1 })),
  metadata: optional(metadata),
  name: optional(longText(40)),
  percent_off: optional(percent),
  redeem_by: optional(moment),
});

const create = endpoint(creation, async ({ tx, params }) => {
  const { amount_off, percent_off, duration = 'once', duration_in_months: months } = params;
  if ((amount_off === undefined) === (percent_off === undefined)) {
    throw invalidRequest('You must specify one of: percent_off, amount_off.', 'percent_off');
  }
  if (amount_off !== undefined && params.currency === undefined) throw missingParameter('currency');
  if (duration === 'repeating' && months === undefined) throw missingParameter('duration_in_months');
  const id = params.id ?? newId('coupon');
  if (await tx.objects.isTaken(id)) {
    throw invalidRequest('Coupon already exists.', 'id', 'resource_already_exists');
  }
  const coupon: Coupon = {
    id,
    object: 'coupon',
    amount_off: amount_off ?? null,
    ...(params.applies_to && { applies_to: params.applies_to }),
    created: unixNow(),
    currency: amount_off === undefined ? null : (params.currency ?? null),
    ...(params.currency_options && { currency_options: params.currency_options }),
    duration,
    duration_in_months: duration === 'repeating' ? (months ?? null) : null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: changeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  };
  await tx.objects.insert(coupon);
  await tx.events.record('coupon.created', coupon);
  return coupon;
});

const update = endpoint(
  shape({ metadata: optional(metadata), name: optional(emptyable(longText(40))) }),
  async ({ tx, params, id }) => {
    const before = await findOr404(tx, 'coupon', id);
    const { name = before.name } = params;
    const after: Coupon = { ...before, name, metadata: changeMetadata(before.metadata ?? {}, params.metadata) };
    await tx.objects.save(after);
    await tx.events.record('coupon.updated', after, before);
    return after;
  },
);

const listAll = endpoint(shape({ ...pageParams, created }), ({ tx, params, path }) => page(tx, 'coupon', path, params));

export function couponRoutes(api: ApiRouter): void {
  api.post('/coupons', create);
  api.get('/coupons', listAll);
  api.get('/coupons/:id', retrieving('coupon'));
  api.post('/coupons/:id', update);
  // Discounts that were given stay (T).
  api.delete(
    '/coupons/:id',
    deleting('coupon', (tx, coupon) => tx.events.record('coupon.deleted', { ...coupon, valid: false })),
  );
}
