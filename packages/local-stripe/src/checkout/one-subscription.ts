import { newPortalSession } from '../api/portal-sessions.js';
import { readSettings } from '../state/settings.js';
import type { Session } from '../model/wire.js';
import type { Tx } from '../state/store.js';

const LIVE = ['active', 'past_due', 'paused', 'trialing', 'unpaid'];

/** Whether the account limits customers to one subscription, and the session's customer has theirs (SUBSCRIPTIONS.md 1). */
export async function hasTheirs(tx: Tx, { customer, mode }: Session): Promise<boolean> {
  if (mode !== 'subscription' || customer === null || !(await readSettings(tx)).one_subscription) return false;
  return (await tx.objects.list('subscription', { limit: 1, where: { customer, status: LIVE } })).length > 0;
}

/** The portal that such a customer is sent to instead of the page: its address. */
export async function portalInstead(
  tx: Tx,
  { cancel_url, customer, success_url }: Session,
  origin: string,
): Promise<string> {
  const returnUrl = cancel_url ?? success_url ?? null;
  return (await newPortalSession(tx, { customer: String(customer), returnUrl }, origin)).url;
}
