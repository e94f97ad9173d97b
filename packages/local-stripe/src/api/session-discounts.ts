import { ApiError } from '../conventions/errors.js';
import { termsOfCoupon } from '../billing/terms.js';
import { discountAmounts } from '../billing/engine/discounts.js';
import { unixNow } from '../model/clock.js';
import type { Session } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { couponsOf, discountsFor } from './discounts-for.js';
import { billingOf, quote } from './session-quote.js';
import type { AskedDiscount } from './session-subscription-data.js';

/** The session with what is due today, computed anew from its notes. Throws ApiError 400. */
export async function requote(tx: Tx, session: Session): Promise<Session> {
  if (session.mode === 'payment') return requotePayment(tx, session);
  const { amounts, lineItems } = await quote(await billingOf(tx, session), session);
  const notes = await tx.objects.notes('checkout.session', session.id);
  await tx.objects.note('checkout.session', session.id, { ...notes, lineItems });
  const quoted: Session = { ...session, ...amounts };
  await tx.objects.save(quoted);
  return quoted;
}

/** The session of a payment with its discounts taken off, and its Payment Intent, if it has one. */
async function requotePayment(tx: Tx, session: Session): Promise<Session> {
  const notes = await tx.objects.notes('checkout.session', session.id);
  const currency = session.currency ?? 'usd';
  const coupons = await couponsOf(tx, notes.discounts ?? [], redemptionOf(session));
  const lines = notes.lineItems.map(({ amount_subtotal: amount, price }) => ({
    amount,
    product: String(price?.product),
    discountable: true,
  }));
  const taken = discountAmounts(
    lines,
    coupons.map((coupon) => termsOfCoupon(coupon.id, coupon, currency)),
  );
  const lineItems = notes.lineItems.map((item, index) => {
    const amount_discount = taken.reduce((sum, each) => sum + (each[index] ?? 0), 0);
    return { ...item, amount_discount, amount_total: item.amount_subtotal - amount_discount };
  });
  const amount = lineItems.reduce((sum, { amount_total: each }) => sum + each, 0);
  const amount_discount = lineItems.reduce((sum, { amount_discount: each }) => sum + each, 0);
  const quoted: Session = {
    ...session,
    amount_total: amount,
    total_details: { amount_discount, amount_shipping: 0, amount_tax: 0 },
  };
  await tx.objects.note('checkout.session', session.id, { ...notes, lineItems });
  await tx.objects.save(quoted);
  if (session.payment_intent !== null) {
    await tx.objects.save({ ...(await tx.objects.get('payment_intent', session.payment_intent)), amount });
  }
  return quoted;
}

const redemptionOf = ({ customer }: Session) => ({ customer, param: 'discounts', now: unixNow() });

/** Redeems the discounts of a payment that is complete. */
export async function redeemDiscounts(tx: Tx, id: string): Promise<void> {
  const session = await tx.objects.get('checkout.session', id);
  const { discounts = [] } = await tx.objects.notes('checkout.session', id);
  if (session.mode !== 'payment' || session.status !== 'complete' || discounts.length === 0) return;
  for (const made of await discountsFor(tx, discounts, redemptionOf(session))) {
    await tx.objects.save({ ...(await tx.objects.get('discount', made)), checkout_session: id });
  }
}

/**
 * The customer enters a promotion code on the page, or takes it away with an empty one. Returns why it does not count;
 * undefined where it does.
 */
export async function enterCode(tx: Tx, session: Session, entered: string): Promise<string | undefined> {
  if (entered === '') return discount(tx, session, []);
  const where = { code: entered, active: true };
  const [code] = await tx.objects.list('promotion_code', { limit: 1, where });
  if (!code) return 'This code is invalid.';
  return discount(tx, session, [{ promotion_code: code.id }]);
}

async function discount(tx: Tx, session: Session, discounts: AskedDiscount[]): Promise<string | undefined> {
  const notes = await tx.objects.notes('checkout.session', session.id);
  await tx.objects.note('checkout.session', session.id, { ...notes, discounts });
  const shown = discounts.map(({ promotion_code: code }) => ({ coupon: null, promotion_code: code ?? null }));
  try {
    await requote(tx, { ...session, discounts: shown });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    await tx.objects.note('checkout.session', session.id, notes);
    return error.message;
  }
}
