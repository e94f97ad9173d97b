import type { Billing } from './billing.js';
import type { Loaded } from './subscription-store.js';

/** The invoice of a resumption is paid. */
export async function resumeAfterPayment(_billing: Billing, _loaded: Loaded): Promise<void> {}
