import type { PaymentScenario } from './payment-scenario.js';
import type { ScenarioEvents } from './generate.js';

type Course = Extract<PaymentScenario['later'][number], { refund: unknown }>['refund'];

/** A refund of a share, in per cent, of what is left; nothing where nothing is. */
export function addRefundEvents(story: ScenarioEvents, course: Course, nth: number, share: number): void {
  const left = story.life.amount - story.refunded;
  const amount = Math.max(Math.floor((left * share) / 100), 1);
  if (left <= 0) return;
  const refund = (status: string, more: object = {}) => ({
    id: `re_${story.names.tag}_${nth}`,
    object: 'refund',
    amount,
    payment_intent: story.intent,
    created: story.now,
    reason: 'requested_by_customer',
    status,
    metadata: {},
    ...more,
  });
  const first = refund(FIRST[course] ?? 'pending');
  const is = (status: string, more: object = {}) => ({ ...first, status, ...more });

  story.refunded += amount;
  story.tell('refund.created', first);
  story.tell('charge.refunded', story.charge());
  if (course === 'takes a while') return story.tell('refund.updated', is('succeeded'));
  if (course === 'succeeds') return;
  if (course === 'asks, then waits') return story.tell('refund.updated', is('pending'));
  if (course === 'asks twice') {
    story.wait();
    story.tell('refund.updated', is('pending'));
    story.wait();
    return story.tell('charge.refund.updated', is('requires_action')); // as older API versions send it
  }

  story.refunded -= amount;
  if (course === 'canceled') return story.tell('refund.updated', is('canceled'));
  const failed = is('failed', { failure_reason: 'expired_or_canceled_card' });
  story.tell('refund.updated', failed);
  story.tell('refund.failed', failed);
}

const FIRST: Partial<Record<Course, string>> = {
  succeeds: 'succeeded',
  'fails later': 'succeeded',
  'asks, then waits': 'requires_action',
  'asks twice': 'requires_action',
};
