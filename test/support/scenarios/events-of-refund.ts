import type { PaymentScenario } from './payment-scenario.js';
import type { ScenarioEvents } from './generate.js';

type Course = Extract<PaymentScenario['later'][number], { refund: unknown }>['refund'];

/** A refund of a share, in per cent, of what is left; nothing where nothing is. */
export function addRefundEvents(events: ScenarioEvents, course: Course, nth: number, share: number): void {
  const left = events.scenario.amount - events.refunded;
  const amount = Math.max(Math.floor((left * share) / 100), 1);
  if (left <= 0) return;
  const refund = (status: string, more: object = {}) => ({
    id: `re_${events.names.tag}_${nth}`,
    object: 'refund',
    amount,
    payment_intent: events.intent,
    created: events.now,
    reason: 'requested_by_customer',
    status,
    metadata: {},
    ...more,
  });
  const first = refund(FIRST[course] ?? 'pending');
  const is = (status: string, more: object = {}) => ({ ...first, status, ...more });

  events.refunded += amount;
  events.add('refund.created', first);
  events.add('charge.refunded', events.charge());
  if (course === 'takes a while') return events.add('refund.updated', is('succeeded'));
  if (course === 'succeeds') return;
  if (course === 'asks, then waits') return events.add('refund.updated', is('pending'));
  if (course === 'asks twice') {
    events.passSecond();
    events.add('refund.updated', is('pending'));
    events.passSecond();
    return events.add('charge.refund.updated', is('requires_action')); // as older API versions send it
  }

  events.refunded -= amount;
  if (course === 'canceled') return events.add('refund.updated', is('canceled'));
  const failed = is('failed', { failure_reason: 'expired_or_canceled_card' });
  events.add('refund.updated', failed);
  events.add('refund.failed', failed);
}

const FIRST: Partial<Record<Course, string>> = {
  succeeds: 'succeeded',
  'fails later': 'succeeded',
  'asks, then waits': 'requires_action',
  'asks twice': 'requires_action',
};
