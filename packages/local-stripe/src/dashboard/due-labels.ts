import type { SubscriptionStep } from '../billing/engine/due.js';
import type { InvoiceStep } from '../billing/engine/invoice-due.js';
import type { ScheduleDue } from '../billing/engine/schedule-due.js';
import type { ObjectTask } from '../state/object-timers.js';
import type { Task } from '../state/timers.js';

/** What is due for a subscription, as a clause: `the subscription renews`. */
export const SUBSCRIPTION_STEPS: Record<SubscriptionStep, string> = {
  expire_pending_update: 'the pending update expires',
  expire_incomplete: 'the subscription expires, unless its first invoice is paid',
  expire_resumption: 'the invoice of the resumption expires',
  cancel: 'the subscription ends',
  cancel_disputed: 'the subscription ends, since a payment is disputed',
  resume_collection: 'payments are collected again',
  resume: 'the pause ends',
  send_trial_will_end: 'the customer is reminded of the trial’s end',
  send_upcoming: 'the renewal is announced',
  end_trial: 'the trial ends',
  renew: 'the subscription renews',
};

export const INVOICE_STEPS: Record<InvoiceStep, string> = {
  finalize: 'the draft invoice is finalized and collected',
  collect: 'the payment is tried again',
  overdue: 'the invoice becomes overdue',
};

export const SCHEDULE_STEPS: Record<ScheduleDue['step'], string> = {
  start: 'the schedule begins',
  warn: 'the end of the schedule is announced',
  next_phase: 'the next phase of the schedule begins',
  finish: 'the schedule ends',
};

export const TASKS: Record<Exclude<Task, ObjectTask>, string> = {
  expire_session: 'a Checkout Session expires',
  book_charge: 'a charge is booked to the balance',
  expire_authorization: 'an authorization expires',
  settle_payment: 'a bank debit settles',
  fail_payment: 'a bank debit fails',
  fail_refund: 'a refund fails',
  settle_refund: 'a refund succeeds',
  decide_dispute: 'a dispute is decided',
  dispute_deadline: 'the deadline of a dispute passes',
  test_clock_arrives: 'a test clock arrives',
};

/** `The subscription renews`: as the title of something. */
export const asTitle = (clause: string): string => clause.charAt(0).toUpperCase() + clause.slice(1);
