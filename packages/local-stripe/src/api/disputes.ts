import { nowMs } from '../model/clock.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  emptyable,
  longText,
  metadata,
  oneOf,
  optional,
  type Reader,
  shape,
  text,
} from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { endDispute, isInquiry, isOpen } from '../payments/disputes.js';
import type { Dispute } from '../model/wire.js';
import { retrieving, findOr404 } from './reading.js';
import { EVIDENCE_FILES, EVIDENCE_TEXTS } from '../payments/dispute-evidence.js';

const LONGEST = 20_000;

type TextField = (typeof EVIDENCE_TEXTS)[number];
type FileField = (typeof EVIDENCE_FILES)[number];

const fields = <F extends string, T>(names: readonly F[], reader: Reader<T>): Record<F, Reader<T>> =>
  Object.fromEntries(names.map((name) => [name, reader])) as Record<F, Reader<T>>;

/** Files cannot be uploaded here, so no id is valid; an empty string unsets. */
const file: Reader<null | undefined> = optional(
  emptyable((raw, param) => {
    throw noSuch('file', text(raw, param), param);
  }),
);

/** The fields of a dispute's evidence. */
export const evidence = shape({
  ...fields<TextField, string | null | undefined>(EVIDENCE_TEXTS, optional(emptyable(longText(LONGEST)))),
  ...fields<FileField, null | undefined>(EVIDENCE_FILES, file),
});

type Said = Partial<Record<TextField | FileField, string | null | undefined>>;

/** Merges the given fields into the evidence; the others keep their value. */
export function withEvidence(dispute: Dispute, said: Said | undefined): Dispute {
  if (said === undefined) return dispute;
  const mentioned = Object.entries(said).filter(([, value]) => value !== undefined);
  return {
    ...dispute,
    evidence: { ...dispute.evidence, ...Object.fromEntries(mentioned) },
    evidence_details: { ...dispute.evidence_details, has_evidence: true },
  };
}

const changes = shape({
  evidence: optional(evidence),
  intended_submission_method: optional(oneOf('manual', 'prefer_manual', 'prefer_smart_disputes', 'smart_disputes')),
  metadata: optional(metadata),
  submit: optional(boolean),
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'dispute', id);
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
  // The bank decides in a task of its own, after this call was answered.
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
  const dispute = await findOr404(tx, 'dispute', id);
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
