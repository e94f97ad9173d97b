import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { noSuch } from '../conventions/errors.js';
import { emptyable, optional, shape, text } from '../conventions/params/index.js';
import { billingFor, NO_ORIGIN } from '../billing/billing.js';
import type { Customer } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { redeemFor } from './discounts-for.js';
import { findOr404 } from './reading.js';

/** A discount for everything that a customer is billed: older parameters, which the Stripe CLI still sends. */
export const discountFields = { coupon: optional(emptyable(text)), promotion_code: optional(text) };

interface Asked {
  coupon?: string | null | undefined;
  promotion_code?: string | undefined;
}

/** The customer, saved with the discount that a call gives, replaces or (`coupon` empty) takes away. Throws ApiError 400. */
export async function withDiscount(
  tx: Tx,
  before: Customer,
  { coupon, promotion_code: code }: Asked,
): Promise<Customer> {
  if (coupon === null) return removeDiscount(tx, before);
  if (coupon === undefined && code === undefined) return before;
  const { now } = await billingFor(tx, NO_ORIGIN, before.test_clock as string | null);
  const discount = await redeemFor(tx, { coupon, promotion_code: code }, { customer: before.id, now, param: '' });
  const after: Customer = { ...before, discount };
  await tx.objects.save(after);
  if (before.discount) await tx.events.record('customer.discount.updated', discount, before.discount);
  else await tx.events.record('customer.discount.created', discount);
  return after;
}

async function removeDiscount(tx: Tx, before: Customer): Promise<Customer> {
  if (!before.discount) return before;
  const after: Customer = { ...before, discount: null };
  await tx.objects.save(after);
  await tx.events.record('customer.discount.deleted', before.discount);
  return after;
}

const remove = endpoint(shape({}), async ({ tx, id }) => {
  const before = await findOr404(tx, 'customer', id);
  const { discount } = before;
  if (!discount) throw noSuch('discount', `for the customer ${id}`, undefined, 404);
  await removeDiscount(tx, before);
  return { ...discount, deleted: true as const };
});

export function customerDiscountRoutes(api: ApiRouter): void {
  api.delete('/customers/:id/discount', remove);
}
