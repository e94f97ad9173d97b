import { randomUUID } from 'node:crypto';
import type { EventCause } from '../events/event-log.js';
import { newId } from '../ids.js';
import type { Ledger } from '../ledger.js';
import type { LineItem, Session } from '../wire.js';

/** A session and what is bought in it. */
export interface Found {
  session: Session;
  items: LineItem[];
}

export const findSession = (ledger: Ledger, id: string): Promise<Found | undefined> =>
  ledger.read(async ({ objects }) => {
    const session = await objects.find('checkout.session', id);
    return session && { session, items: (await objects.notes('checkout.session', id)).lineItems };
  });

/** A customer's browser, as events name the request that caused them. */
export const customersRequest = (): EventCause => ({ id: newId('request'), idempotency_key: randomUUID() });
