import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { momentAfter } from '../billing/engine/calendar.js';
import type { Coupon, Discount, PromotionCode } from '../model/wire.js';

interface Asked {
  coupon?: string | undefined;
  discount?: string | undefined;
  promotion_code?: string | undefined;
}

/** Where a discount is, and when it begins. */
export interface Redemption {
  customer: string | null;
  /** The parameter that names it. */
  param: string;
  now: number;
  subscription?: string;
  subscriptionItem?: string;
  invoice?: string;
  invoiceItem?: string;
}

/** The ids of the discounts that a call asks for: each coupon or promotion code is redeemed. Throws ApiError 400. */
export async function discountsFor(tx: Tx, asked: Asked[] | null | undefined, at: Redemption): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, each] of (asked ?? []).entries()) {
    ids.push((await redeem(tx, each, { ...at, param: `${at.param}[${index}]` })).id);
  }
  return ids;
}

/** Redeems a coupon or a promotion code that a parameter of its own names (`param` empty). Throws ApiError 400. */
export const redeemFor = (tx: Tx, asked: Asked, at: Redemption): Promise<Discount> => redeem(tx, asked, at);

async function redeem(tx: Tx, { coupon, discount, promotion_code: code }: Asked, at: Redemption): Promise<Discount> {
  if (discount !== undefined) {
    const existing = await tx.objects.find('discount', discount);
    if (!existing) throw noSuch('discount', discount, named(at, 'discount'));
    return existing;
  }
  if (code !== undefined) return redeemCode(tx, code, at);
  if (coupon === undefined) throw missingParameter(named(at, 'coupon'));
  return redeemCoupon(tx, await validCoupon(tx, coupon, named(at, 'coupon')), null, at);
}

const named = ({ param }: Redemption, field: string): string => (param === '' ? field : `${param}[${field}]`);

async function redeemCode(tx: Tx, id: string, at: Redemption): Promise<Discount> {
  const { code, coupon } = await validCode(tx, id, at);
  const redeemed = { ...code, times_redeemed: code.times_redeemed + 1 };
  await tx.objects.save(redeemed);
  await tx.events.record('promotion_code.updated', redeemed, code);
  return redeemCoupon(tx, coupon, code.id, at);
}

async function validCode(tx: Tx, id: string, at: Redemption): Promise<{ code: PromotionCode; coupon: Coupon }> {
  const param = named(at, 'promotion_code');
  const code = await tx.objects.find('promotion_code', id);
  if (!code) throw noSuch('promotion code', id, param);
  const expired = code.expires_at !== null && code.expires_at <= at.now;
  if (!code.active || expired) {
    throw invalidRequest('This promotion code is not active, or has expired.', param, 'promotion_code_inactive');
  }
  if (code.customer !== null && code.customer !== at.customer) {
    throw invalidRequest('This promotion code cannot be redeemed by this customer.', param);
  }
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) {
    throw invalidRequest('This promotion code has been redeemed as often as it may be.', param);
  }
  return { code, coupon: await validCoupon(tx, String(code.promotion.coupon), param) };
}

/** The coupons that discounts of a session stand for, which are not redeemed yet. Throws ApiError 400. */
export async function couponsOf(tx: Tx, asked: readonly Asked[], at: Redemption): Promise<Coupon[]> {
  const coupons: Coupon[] = [];
  for (const [index, { coupon, promotion_code: code }] of asked.entries()) {
    const param = `${at.param}[${index}]`;
    if (code !== undefined) coupons.push((await validCode(tx, code, { ...at, param })).coupon);
    else if (coupon === undefined) throw missingParameter(`${param}[coupon]`);
    else coupons.push(await validCoupon(tx, coupon, `${param}[coupon]`));
  }
  return coupons;
}

async function validCoupon(tx: Tx, id: string, param: string): Promise<Coupon> {
  const coupon = await tx.objects.find('coupon', id);
  if (!coupon) throw noSuch('coupon', id, param);
  if (!coupon.valid) throw invalidRequest(`Coupon expired: ${id}`, param, 'coupon_expired');
  return coupon;
}

export async function redeemCoupon(
  tx: Tx,
  before: Coupon,
  promotionCode: string | null,
  { customer, now, subscription, subscriptionItem, invoice, invoiceItem }: Redemption,
): Promise<Discount> {
  const times = before.times_redeemed + 1;
  const spent = before.max_redemptions !== null && times >= before.max_redemptions;
  const coupon: Coupon = { ...before, times_redeemed: times, valid: before.valid && !spent };
  const months = coupon.duration === 'repeating' ? coupon.duration_in_months : null;
  const discount: Discount = {
    id: newId('discount'),
    object: 'discount',
    checkout_session: null,
    customer,
    customer_account: null,
    end: months === null ? null : momentAfter({ at: now }, { interval: 'month', interval_count: 1 }, months),
    invoice: invoice ?? null,
    invoice_item: invoiceItem ?? null,
    promotion_code: promotionCode,
    source: { coupon: coupon.id, type: 'coupon' },
    start: now,
    subscription: subscription ?? null,
    subscription_item: subscriptionItem ?? null,
  };
  await tx.objects.save(coupon);
  await tx.objects.insert(discount);
  await tx.objects.note('discount', discount.id, { coupon });
  return discount;
}
