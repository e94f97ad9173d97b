import type { PaymentScenario } from './payment-scenario.js';
import { type AnyEvent, type Names, ScenarioEvents } from './generate.js';
import { addDisputeEvents } from './events-of-dispute.js';
import { addRefundEvents } from './events-of-refund.js';

/** Every event of a scenario, in the right order. */
export const eventsOf = (scenario: PaymentScenario, names: Names): AnyEvent[] => generateEvents(scenario, names).events;

/** Whether the money came. */
export const isPaid = ({ checkout }: PaymentScenario): boolean =>
  checkout === 'paid by card' || checkout === 'debit settles';

export function generateEvents(scenario: PaymentScenario, names: Names): ScenarioEvents {
  const events = new ScenarioEvents(scenario, names);
  addCheckoutEvents(events);
  if (!isPaid(scenario)) return events;
  events.add('charge.succeeded', events.charge());
  scenario.later.forEach((step, nth) => {
    if ('refund' in step) addRefundEvents(events, step.refund, nth, step.share);
    else addDisputeEvents(events, step, nth);
  });
  return events;
}

function addCheckoutEvents(events: ScenarioEvents): void {
  const { scenario } = events;
  const declined = (code: string) =>
    events.add('payment_intent.payment_failed', {
      id: events.intent,
      object: 'payment_intent',
      metadata: events.metadata,
      last_payment_error: { code: 'card_declined', decline_code: code },
    });
  for (let nth = 0; nth < scenario.declines; nth++) declined(nth % 2 ? 'generic_decline' : 'insufficient_funds');
  switch (scenario.checkout) {
    case 'left open':
      return;
    case 'expires':
      return events.add('checkout.session.expired', events.session({ status: 'expired', payment_status: 'unpaid' }));
    case 'paid by card':
      return events.add('checkout.session.completed', events.session({ status: 'complete', payment_status: 'paid' }));
    case 'debit under way':
    case 'debit settles':
    case 'debit fails': {
      events.add('checkout.session.completed', events.session({ status: 'complete', payment_status: 'unpaid' }));
      if (scenario.checkout === 'debit under way') return;
      if (scenario.checkout === 'debit settles') {
        const paid = events.session({ status: 'complete', payment_status: 'paid' });
        return events.add('checkout.session.async_payment_succeeded', paid);
      }
      declined('debit_not_authorized');
      const unpaid = events.session({ status: 'complete', payment_status: 'unpaid' });
      return events.add('checkout.session.async_payment_failed', unpaid);
    }
  }
}
