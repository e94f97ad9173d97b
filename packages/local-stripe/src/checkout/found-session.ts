import type { LineItem, Session } from '../model/wire.js';
import type { Notes } from '../model/notes.js';
import type { Store } from '../state/store.js';

/** A session and its line items. */
export interface Found {
  session: Session;
  items: LineItem[];
  notes: Notes['checkout.session'];
  /** The customer's address, where the session has a customer. */
  email: string | null;
}

export const findSession = (store: Store, id: string): Promise<Found | undefined> =>
  store.read(async ({ objects }) => {
    const session = await objects.find('checkout.session', id);
    if (!session) return undefined;
    const notes = await objects.notes('checkout.session', id);
    const customer = session.customer === null ? undefined : await objects.find('customer', session.customer);
    return { session, items: notes.lineItems, notes, email: session.customer_email ?? customer?.email ?? null };
  });
