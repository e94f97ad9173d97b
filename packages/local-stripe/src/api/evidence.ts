import { emptyable, longText, optional, shape, text, type Reader } from '../manners/params/index.js';
import { noSuch } from '../manners/refusals.js';
import { EVIDENCE_FILES, EVIDENCE_TEXTS } from '../payments/dispute-evidence.js';
import type { Dispute } from '../wire.js';

const LONGEST = 20_000;

type TextField = (typeof EVIDENCE_TEXTS)[number];
type FileField = (typeof EVIDENCE_FILES)[number];

const fields = <F extends string, T>(names: readonly F[], reader: Reader<T>): Record<F, Reader<T>> =>
  Object.fromEntries(names.map((name) => [name, reader])) as Record<F, Reader<T>>;

/** Nothing was ever uploaded here, so no file can be named; an empty one takes it away. */
const file: Reader<null | undefined> = optional(
  emptyable((raw, param) => {
    throw noSuch('file', text(raw, param), param);
  }),
);

/** What a seller can say against a dispute. */
export const evidence = shape({
  ...fields<TextField, string | null | undefined>(EVIDENCE_TEXTS, optional(emptyable(longText(LONGEST)))),
  ...fields<FileField, null | undefined>(EVIDENCE_FILES, file),
});

type Said = Partial<Record<TextField | FileField, string | null | undefined>>;

/** Adds to the evidence what was said now; what was not mentioned stays. */
export function withEvidence(dispute: Dispute, said: Said | undefined): Dispute {
  if (said === undefined) return dispute;
  const mentioned = Object.entries(said).filter(([, value]) => value !== undefined);
  return {
    ...dispute,
    evidence: { ...dispute.evidence, ...Object.fromEntries(mentioned) },
    evidence_details: { ...dispute.evidence_details, has_evidence: true },
  };
}
