import type { CheckoutPayments, NewPayment } from '../../src/payments/checkout/checkout-payments.service.js';

/** Opens another payment, even where the user has an open one of the price already. Gives its id. */
export async function openPayment(payments: CheckoutPayments, payment: NewPayment): Promise<string> {
  return (await payments.findOrOpen(payment, new EveryId())).id;
}

/** Names every payment as closed, so that `findOrOpen` finds none. */
class EveryId extends Set<string> {
  override has(): boolean {
    return true;
  }
}
