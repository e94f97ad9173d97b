/** An event as Stripe sends it. */
export interface SentEvent {
  id: string;
  object: 'event';
  type: string;
  created: number;
  livemode: false;
  data: { object: object };
}

let made = 0;

/** An event with an id of its own. All have the same `created`: it says nothing about their order. */
export const eventOf = (type: string, object: object): SentEvent => ({
  id: `evt_fault_${process.pid}_${++made}`,
  object: 'event',
  type,
  created: 1_795_000_000,
  livemode: false,
  data: { object },
});

/** For the tests' own handlers in `handlers.mjs`, which look at the type alone. */
export const anInvoiceEvent = (
  type: 'invoice.payment_succeeded' | 'invoice.overdue' | 'invoice.sent' = 'invoice.payment_succeeded',
): SentEvent => eventOf(type, { id: `in_${made}`, object: 'invoice' });
