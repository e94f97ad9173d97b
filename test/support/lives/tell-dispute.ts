import type { Life } from './life.js';
import type { Storyteller } from './storyteller.js';

type Course = Extract<Life['later'][number], { dispute: unknown }>['dispute'];

/** A dispute of the whole payment. */
export function tellDispute(story: Storyteller, course: Course, nth: number): void {
  const dueBy = story.now + 7 * 86_400;
  const first = { created: story.now };
  const is = (status: string) => ({
    id: `dp_${story.names.tag}_${nth}`,
    object: 'dispute',
    amount: story.life.amount,
    currency: story.life.currency,
    payment_intent: story.intent,
    reason: status.startsWith('warning') ? 'general' : 'fraudulent',
    status,
    evidence_details: { due_by: status.endsWith('needs_response') ? dueBy : null },
    metadata: {},
    ...first,
  });
  const close = (status: string) => story.tell('charge.dispute.closed', is(status));
  const update = (status: string) => story.tell('charge.dispute.updated', is(status));
  const money = (type: 'withdrawn' | 'reinstated', status: string) =>
    story.tell(`charge.dispute.funds_${type}`, is(status));
  /** A bank does not decide twice within a second. */
  const later = () => story.wait();

  const isInquiry = course.startsWith('inquiry');
  story.tell('charge.dispute.created', is(isInquiry ? 'warning_needs_response' : 'needs_response'));
  if (course === 'inquiry, open') return;
  if (isInquiry) update('warning_under_review');
  if (course === 'inquiry, closed') return close('warning_closed');
  if (isInquiry) update('needs_response');
  money('withdrawn', 'needs_response');
  if (course === 'open') return;
  update('under_review');
  if (course === 'under review') return;

  const outcome = course.startsWith('won') ? 'won' : 'lost';
  close(outcome);
  if (outcome === 'won') money('reinstated', 'won');
  if (course === 'won, then lost') {
    later();
    close('lost');
  }
  if (course.startsWith('lost, appealed')) {
    later();
    update('appeal_needs_response');
    update('appeal_under_review');
    later();
    close(course.endsWith('won') ? 'won' : 'lost');
    if (course.endsWith('won')) money('reinstated', 'won');
  }
}
