import type { AppDatabase } from './app-database.js';
import type { OpenPayment } from './open-payment.js';

type Row = Record<string, string | number | null>;

/** Every column of a payment and of its refunds, but for those that name this one payment, and when we learnt of it. */
export async function rowsOf(database: AppDatabase, { checkoutSessionId, paymentIntentId }: OpenPayment) {
  const [payment] = await database.rows<Row>('SELECT * FROM payments WHERE checkout_session_id = ?', checkoutSessionId);
  const refunds = await database.rows<Row>(
    'SELECT * FROM refunds WHERE payment_intent_id = ? ORDER BY stripe_refund_id',
    paymentIntentId,
  );
  const { id, user_id: user, created_at: _createdAt, ...rest } = payment ?? {};
  const ofStripe = refunds.map(({ learned_at: _learnedAt, ...refund }) => refund);
  return anonymous({ payment: rest, refunds: ofStripe }, [
    String(id),
    checkoutSessionId,
    paymentIntentId,
    String(user),
  ]);
}

/** The same with each of the names replaced by its place in the list. */
function anonymous<T extends object>(rows: T, names: string[]): T {
  const text = names.reduce((written, name, place) => written.replaceAll(name, `<${place}>`), JSON.stringify(rows));
  return JSON.parse(text) as T;
}
