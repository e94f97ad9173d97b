import { ApiError } from '../conventions/errors.js';
import type { Session } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { billingOf, quote } from './session-quote.js';
import type { AskedDiscount } from './session-subscription-data.js';

/** The session with what is due today, computed anew from its notes. Throws ApiError 400. */
export async function requote(tx: Tx, session: Session): Promise<Session> {
  const { amounts, lineItems } = await quote(await billingOf(tx, session), session);
  const notes = await tx.objects.notes('checkout.session', session.id);
  await tx.objects.note('checkout.session', session.id, { ...notes, lineItems });
  const quoted: Session = { ...session, ...amounts };
  await tx.objects.save(quoted);
  return quoted;
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
