import type { RequestHandler } from 'express';
import type { Ledger } from '../ledger.js';
import { formatAmount } from '../money/format.js';
import { givenBack } from '../payments/charges.js';

/** The page behind a charge's `receipt_url`. */
export const receiptPage =
  (ledger: Ledger): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const charge = await ledger.read(({ objects }) => objects.find('charge', params.id));
    if (!charge?.captured) return response.status(404).render('ended', { title: 'Receipt' });
    const card = charge.payment_method_details?.card;
    response.render('receipt', {
      title: 'Receipt',
      amount: formatAmount(charge.amount_captured, charge.currency),
      refunded: givenBack(charge) > 0 && formatAmount(givenBack(charge), charge.currency),
      paidOn: new Date(charge.created * 1000).toISOString().slice(0, 10),
      email: charge.billing_details.email,
      method: card ? `${card.brand} •••• ${card.last4}` : 'Bank debit',
      id: charge.id,
    });
  };
