import type { Difference } from './compare.js';
import type { RecordedCall } from './recordings.js';

interface OnPurpose {
  reason: string;
  applies(recorded: RecordedCall, difference: Difference): boolean;
}

/** What differs from the recordings on purpose. */
const ON_PURPOSE: OnPurpose[] = [
  {
    reason: "Which payment methods an account has switched on: the recordings' README says that it is no rule.",
    applies: (_, { path }) => /(^|\.)payment_method_(types|options|configuration_details)([.#[]|$)/.test(path),
  },
  {
    reason: "Fees: the recordings' README says that they are no rule.",
    applies: (_, { path, what }) => what !== 'shape' && /(^|\.)(fee|net|fee_details.*)$/.test(path),
  },
  {
    reason: 'The risk score of Radar and the descriptors of the account.',
    applies: (_, { path }) => /(^|\.)(risk_score|risk_level|calculated_statement_descriptor)$/.test(path),
  },
  {
    reason:
      'When webhooks were delivered: it is null until all endpoints have answered, which took its time when recorded.',
    applies: (_, { path, what }) => what === 'shape' && /(^|\.)webhooks_delivered_at$/.test(path),
  },
  {
    reason: 'Whether an event is of a call with an idempotency key: the replay sends none, the recorded SDK did.',
    applies: ({ path }, { path: field }) => path.startsWith('/v1/events') && field.endsWith('request.idempotency_key'),
  },
  {
    reason: "An event shows its object in the version of its account, which was older; the sandbox's is the newest.",
    applies: ({ path }, { path: field }) =>
      path.startsWith('/v1/events') &&
      /data\.object\.(.*\.)?(current_period_start|current_period_end|discount|aggregate_usage)$/.test(field),
  },
  {
    reason:
      'Settings of the account for its Checkout: adaptive pricing, and whether customers may remove saved methods.',
    applies: (_, { path, what }) =>
      what === 'shape' && /(^|\.)(adaptive_pricing|saved_payment_method_options\.payment_method_remove)$/.test(path),
  },
];

/** Why this differs on purpose; undefined where it should not. */
export const reasonFor = (recorded: RecordedCall, difference: Difference): string | undefined =>
  ON_PURPOSE.find(({ applies }) => applies(recorded, difference))?.reason;
