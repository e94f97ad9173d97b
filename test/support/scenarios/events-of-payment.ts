import type { PaymentScenario } from './payment-scenario.js';
import { type AnyEvent, type Names, ScenarioEvents } from './generate.js';
import { addDisputeEvents } from './events-of-dispute.js';
import { addRefundEvents } from './events-of-refund.js';

/** Every event of a life, in the right order. */
export const eventsOf = (life: PaymentScenario, names: Names): AnyEvent[] => generateEvents(life, names).events;

/** Whether the money came. */
export const isPaid = ({ checkout }: PaymentScenario): boolean =>
  checkout === 'paid by card' || checkout === 'debit settles';

export function generateEvents(life: PaymentScenario, names: Names): ScenarioEvents {
  const story = new ScenarioEvents(life, names);
  addCheckoutEvents(story);
  if (!isPaid(life)) return story;
  story.tell('charge.succeeded', story.charge());
  life.later.forEach((step, nth) => {
    if ('refund' in step) addRefundEvents(story, step.refund, nth, step.share);
    else addDisputeEvents(story, step, nth);
  });
  return story;
}

function addCheckoutEvents(story: ScenarioEvents): void {
  const { life } = story;
  const declined = (code: string) =>
    story.tell('payment_intent.payment_failed', {
      id: story.intent,
      object: 'payment_intent',
      metadata: story.metadata,
      last_payment_error: { code: 'card_declined', decline_code: code },
    });
  for (let nth = 0; nth < life.declines; nth++) declined(nth % 2 ? 'generic_decline' : 'insufficient_funds');
  switch (life.checkout) {
    case 'left open':
      return;
    case 'expires':
      return story.tell('checkout.session.expired', story.session({ status: 'expired', payment_status: 'unpaid' }));
    case 'paid by card':
      return story.tell('checkout.session.completed', story.session({ status: 'complete', payment_status: 'paid' }));
    case 'debit under way':
    case 'debit settles':
    case 'debit fails': {
      story.tell('checkout.session.completed', story.session({ status: 'complete', payment_status: 'unpaid' }));
      if (life.checkout === 'debit under way') return;
      if (life.checkout === 'debit settles') {
        const paid = story.session({ status: 'complete', payment_status: 'paid' });
        return story.tell('checkout.session.async_payment_succeeded', paid);
      }
      declined('debit_not_authorized');
      const unpaid = story.session({ status: 'complete', payment_status: 'unpaid' });
      return story.tell('checkout.session.async_payment_failed', unpaid);
    }
  }
}
