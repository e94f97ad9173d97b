import type { Charge } from '../wire.js';

/** Only 4000 0000 0000 5126 among the test cards ends like this, so the whole number need not be kept. */
const LAST4 = '5126';

/** Whether a refund of this charge first succeeds and then fails. */
export const refundsFailLater = (charge: Charge): boolean => charge.payment_method_details?.card?.last4 === LAST4;
