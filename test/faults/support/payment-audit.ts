import type { AppDatabase } from './app-database.js';
import type { OpenPayment } from './open-payment.js';

interface PaymentRow {
  id: string;
  checkout_session_id: string | null;
  amount: number;
  status: string;
  amount_refunded: number;
}

interface HistoryRow {
  payment_id: string;
  seq: number;
  from_status: string | null;
  to_status: string;
  cause: string;
}

interface ObjectOfEvent {
  id: string;
  object: 'checkout.session' | 'refund';
  payment_intent: string;
  amount?: number;
}

/** Compares every payment with the events that are stored of it. Gives what is wrong, a line each. */
export async function auditPayments(database: AppDatabase): Promise<string[]> {
  const [payments, history, refunds, events] = await Promise.all([
    database.rows<PaymentRow>('SELECT * FROM payments'),
    database.rows<HistoryRow>('SELECT * FROM payment_history ORDER BY seq'),
    database.rows<{ id: string; payment_id: string | null }>('SELECT id, payment_id FROM refunds'),
    database.rows<{ payload: string }>(
      "SELECT payload FROM webhook_events WHERE type LIKE 'checkout.%' OR type LIKE 'refund.%'",
    ),
  ]);
  const objects = events.map(({ payload }) => (JSON.parse(payload) as { data: { object: ObjectOfEvent } }).data.object);
  const refundsInEvents = objects.filter(({ object }) => object === 'refund').map(({ id }) => id);
  const flaws = payments.flatMap((payment) => [
    ...flawsOfState(payment, objects),
    ...flawsOfHistory(
      payment,
      history.filter(({ payment_id }) => payment_id === payment.id),
    ),
  ]);
  if (
    refunds
      .map(({ id }) => id)
      .toSorted()
      .join() !== refundsInEvents.toSorted().join()
  )
    flaws.push(`${refunds.length} refunds are stored, ${refundsInEvents.length} are in events`);
  return flaws;
}

function flawsOfState(payment: PaymentRow, objects: ObjectOfEvent[]): string[] {
  const paid = objects.find(({ id }) => id === payment.checkout_session_id);
  const refunds = objects.filter(
    ({ object, payment_intent }) => object === 'refund' && payment_intent === paid?.payment_intent,
  );
  const refunded = refunds.reduce((sum, { amount = 0 }) => sum + amount, 0);
  const status = refunded > 0 ? 'partially_refunded' : paid ? 'paid' : 'pending';
  if (payment.status === status && payment.amount_refunded === refunded) return [];
  return [
    `${payment.id} is ${payment.status} with ${payment.amount_refunded} refunded, not ${status} with ${refunded}`,
  ];
}

/** Each change goes on from the one before, none has happened twice, and the last one is what the payment is now. */
function flawsOfHistory(payment: PaymentRow, history: HistoryRow[]): string[] {
  const goesOn = history.every(
    ({ seq, from_status }, index) => seq === index + 1 && from_status === (history[index - 1]?.to_status ?? null),
  );
  const once = new Set(history.map(({ cause }) => cause)).size === history.length;
  if (goesOn && once && history.at(-1)?.to_status === payment.status) return [];
  return [`the history of ${payment.id} is broken: ${JSON.stringify(history)}`];
}

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
