import { nowMs } from '../clock.js';
import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { boolean, changeMetadata, metadata, oneOf, optional, shape, text } from '../manners/params/index.js';
import { invalidRequest } from '../manners/refusals.js';
import { endDispute, isInquiry, isOpen } from '../payments/disputes.js';
import type { Dispute } from '../wire.js';
import { evidence, withEvidence } from './evidence.js';
import { retrieving, theOne } from './reading.js';

const changes = shape({
  evidence: optional(evidence),
  intended_submission_method: optional(oneOf('manual', 'prefer_manual', 'prefer_smart_disputes', 'smart_disputes')),
  metadata: optional(metadata),
  submit: optional(boolean),
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await theOne(tx, 'dispute', id);
  if (params.evidence !== undefined || params.submit === true) mustBeOpen(before);
  const { evidence: said, intended_submission_method = before.intended_submission_method } = params;
  const staged: Dispute = {
    ...withEvidence(before, said),
    intended_submission_method,
    metadata: changeMetadata(before.metadata, params.metadata),
  };
  const submits = params.submit ?? said !== undefined;
  const after = submits ? submitted(staged) : staged;
  await tx.objects.save(after);
  await tx.events.record('charge.dispute.updated', after, before);
  // The bank reads it afterwards, however soon.
  if (submits) await tx.timers.set('decide_dispute', id, nowMs());
  return after;
});

const submitted = (dispute: Dispute): Dispute => ({
  ...dispute,
  evidence_details: {
    ...dispute.evidence_details,
    submission_count: dispute.evidence_details.submission_count + 1,
    submission_method: 'manual',
  },
  status: isInquiry(dispute) ? 'warning_under_review' : 'under_review',
});

const close = endpoint(shape({}), async ({ tx, id }) => {
  const dispute = await theOne(tx, 'dispute', id);
  mustBeOpen(dispute);
  return endDispute(tx, dispute);
});

function mustBeOpen(dispute: Dispute): void {
  if (!isOpen(dispute)) throw invalidRequest(`This dispute is already closed (status: ${dispute.status}).`);
}

const listAll = endpoint(
  shape({ ...pageParams, charge: optional(text), created, payment_intent: optional(text) }),
  ({ tx, params: { charge, payment_intent, ...rest }, path }) =>
    page(tx, 'dispute', path, { ...rest, where: { charge, payment_intent } }),
);

export function disputeRoutes(api: ApiRouter): void {
  api.get('/disputes', listAll);
  api.get('/disputes/:id', retrieving('dispute'));
  api.post('/disputes/:id', update);
  api.post('/disputes/:id/close', close);
}
