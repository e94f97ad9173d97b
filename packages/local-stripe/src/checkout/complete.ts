import type { Tx } from '../ledger.js';
import type { PaymentMethod } from '../wire.js';

/** The customer is done: the session is over, paid or waiting for a delayed payment. */
export async function completeSession(
  tx: Tx,
  sessionId: string,
  paymentStatus: 'paid' | 'unpaid',
  { billing_details: { address, email, name, phone } }: PaymentMethod,
): Promise<void> {
  const session = await tx.objects.get('checkout.session', sessionId);
  const complete = {
    ...session,
    customer_details: {
      address,
      business_name: null,
      email,
      individual_name: null,
      name,
      phone,
      tax_exempt: 'none',
      tax_ids: [],
    },
    payment_status: paymentStatus,
    status: 'complete',
    url: null,
  };
  await tx.objects.save(complete);
  await tx.events.record('checkout.session.completed', complete);
}
