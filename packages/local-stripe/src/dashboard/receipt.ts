import type { RequestHandler } from 'express';
import { factsOf } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import { refundedOfCaptured } from '../payments/charges.js';
import type { Store } from '../state/store.js';
import { momentOf } from './labels.js';
import { paidWith } from './payments.js';

/** The page behind a charge's `receipt_url`. */
export const receiptPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const charge = await store.read(({ objects }) => objects.find('charge', params.id));
    if (!charge?.captured) return response.status(404).render('ended', { title: 'Receipt' });
    const refunded = refundedOfCaptured(charge);
    const { iso, full } = momentOf(charge.created * 1000);
    response.render('receipt', {
      title: 'Receipt',
      nav: undefined,
      amount: formatAmount(charge.amount_captured, charge.currency),
      paid: { iso, day: full.split(',')[0] },
      facts: factsOf([
        { label: 'Refunded', text: refunded > 0 ? formatAmount(refunded, charge.currency) : '' },
        { label: 'Payment method', text: charge.payment_method_details?.card ? paidWith(charge) : 'Bank debit' },
        { label: 'Email', text: charge.billing_details.email ?? '' },
        { label: 'Charge', code: charge.id },
      ]),
    });
  };
