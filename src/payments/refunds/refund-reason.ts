/** Why money is given back, in the words that Stripe takes: https://docs.stripe.com/api/refunds/create */
export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** What a customer may choose: nobody calls themselves a fraud. */
export const CUSTOMER_REASONS = {
  requested_by_customer: 'I changed my mind',
  duplicate: 'I paid twice',
} as const satisfies Partial<Record<RefundReason, string>>;

export const isRefundReason = (text: string | null): text is RefundReason =>
  (REFUND_REASONS as readonly (string | null)[]).includes(text);
