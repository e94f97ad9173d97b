import type { Tx } from '../state/store.js';
import type { Customer, Invoice, Subscription } from '../model/wire.js';

/** Names the subscription, and the item, in the discounts that they were made with. */
export async function nameInDiscounts(tx: Tx, { id, discounts, items }: Subscription): Promise<void> {
  const name = async (of: readonly unknown[], named: { subscription: string; subscription_item?: string }) => {
    for (const each of of) {
      const discount = await tx.objects.get('discount', String(each));
      await tx.objects.save({ ...discount, ...named });
    }
  };
  await name(discounts, { subscription: id });
  for (const item of items.data) await name(item.discounts, { subscription: id, subscription_item: item.id });
}

/** The subscription without the discounts that count for one invoice only and were on this one, or that have ended. */
export async function withoutUsedDiscounts(
  tx: Tx,
  subscription: Subscription,
  { created, total_discount_amounts: used }: Invoice,
): Promise<Subscription> {
  const left: string[] = [];
  for (const id of subscription.discounts) {
    const discount = await tx.objects.get('discount', id);
    const { coupon } = await tx.objects.notes('discount', id);
    const spent = coupon.duration === 'once' && (used ?? []).some((each) => each.discount === id);
    if (!spent && (discount.end === null || discount.end > created)) left.push(id);
    else await tx.events.record('customer.discount.deleted', discount);
  }
  return left.length === subscription.discounts.length ? subscription : { ...subscription, discounts: left };
}

/** Takes the customer's own discount away where it counts for one invoice only and was on this one. */
export async function endUsedDiscount(tx: Tx, { id, discount }: Customer, invoice: Invoice): Promise<void> {
  if (!discount || !(invoice.total_discount_amounts ?? []).some((each) => each.discount === discount.id)) return;
  const { coupon } = await tx.objects.notes('discount', discount.id);
  if (coupon.duration !== 'once') return;
  await tx.objects.save({ ...(await tx.objects.get('customer', id)), discount: null });
  await tx.events.record('customer.discount.deleted', discount);
}
