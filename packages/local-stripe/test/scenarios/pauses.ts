import type { Json } from './calls.js';
import type { History } from './history.js';

interface Subscription {
  id: string;
  status: string;
  pause_collection: { behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void' } | null;
}

interface Invoice {
  id: string;
  status: string;
  amount_due: number;
  billing_reason: string;
  parent: { subscription_details: { subscription: string } | null } | null;
}

/** What a renewal's invoice is while collection is paused. One of nothing is paid as always. */
const WITHHELD = { keep_as_draft: 'draft', mark_uncollectible: 'uncollectible', void: 'void' } as const;

/** While a subscription is paused nothing is renewed; while its collection is, no renewal is collected. */
export function expectPausesKept({ events, objects }: History): void {
  const last = new Map<string, Subscription>();
  const atTheEnd = new Map((objects['/v1/invoices'] as unknown as Invoice[]).map((invoice) => [invoice.id, invoice]));
  for (const { type, data } of events) {
    const { object } = data as { object: Json };
    if (String(type).startsWith('customer.subscription.')) {
      const subscription = object as unknown as Subscription;
      last.set(subscription.id, subscription);
    }
    if (type !== 'invoice.created') continue;
    const { id, billing_reason: reason, parent } = object as unknown as Invoice;
    const { status, pause_collection: pause } = last.get(String(parent?.subscription_details?.subscription)) ?? {};
    if (reason !== 'subscription_cycle') continue;
    expect({ id, reason, status }).not.toMatchObject({ status: 'paused' });
    if (!pause) continue;
    const { status: became, amount_due: due } = atTheEnd.get(id) ?? {};
    expect({ id, pause, due, became }).toMatchObject({
      became: due === 0 && became === 'paid' ? 'paid' : WITHHELD[pause.behavior],
    });
  }
}
