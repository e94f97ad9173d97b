import type { Tx } from '../ledger.js';
import { formatAmount } from '../money/format.js';
import { givenBack } from '../payments/charges.js';
import type { Charge, PaymentIntent } from '../wire.js';
import type { Badge } from './delivery-words.js';
import { showTime } from './show-time.js';

export interface PaymentRow {
  id: string;
  amount: string;
  time: string;
  status: Pick<Badge, 'tone' | 'text'>;
  /** `visa •••• 4242` */
  method: string;
  email: string;
  /** What was given back, as money; empty: nothing. */
  refunded: string;
  disputed: boolean;
  /** Whether the customer's bank could take it back. */
  disputable: boolean;
  /** Whether it is reserved on the card and waits for the seller. */
  capturable: boolean;
}

const TONES: Record<string, Badge['tone']> = { succeeded: 'good', canceled: 'plain', processing: 'waiting' };

/** Payments as the page lists them. */
export const paymentRows = ({ objects }: Tx, intents: readonly PaymentIntent[]): Promise<PaymentRow[]> =>
  Promise.all(
    intents.map(async (intent) =>
      paymentRow(
        intent,
        intent.latest_charge === null ? undefined : await objects.find('charge', intent.latest_charge),
      ),
    ),
  );

export function paymentRow({ id, amount, currency, created, status }: PaymentIntent, charge?: Charge): PaymentRow {
  const refunded = charge ? givenBack(charge) : 0;
  return {
    id,
    amount: formatAmount(amount, currency),
    time: showTime(created * 1000),
    status: { tone: TONES[status] ?? 'waiting', text: status.replaceAll('_', ' ') },
    method: charge ? methodOf(charge) : '',
    email: charge?.billing_details.email ?? '',
    refunded: refunded > 0 ? formatAmount(refunded, currency) : '',
    disputed: charge?.disputed ?? false,
    disputable: charge?.captured === true && !charge.disputed,
    capturable: status === 'requires_capture',
  };
}

function methodOf({ payment_method_details: paidWith }: Charge): string {
  const card = paidWith?.card;
  return card ? `${card.brand} •••• ${card.last4}` : (paidWith?.type ?? '').replaceAll('_', ' ');
}
