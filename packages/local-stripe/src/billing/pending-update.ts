import type { Billing } from './billing.js';
import type { Loaded } from './subscription-store.js';

/** Applies the update that waited for its invoice to be paid. */
export async function applyPendingUpdate(_billing: Billing, _loaded: Loaded): Promise<void> {}
