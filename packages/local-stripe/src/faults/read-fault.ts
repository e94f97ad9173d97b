import { integer, oneOf, optional, shape, text, type Reader } from '../manners/params/index.js';
import { invalidRequest } from '../manners/refusals.js';
import { CALL_FAULTS, DELIVERY_FAULTS, isDeliveryFault, type Fault } from './fault.js';

const LONGEST_DELAY_MS = 24 * 60 * 60 * 1000;

const chance: Reader<number> = (raw, param) => {
  const value = Number(text(raw, param));
  if (!(value >= 0 && value <= 1)) throw invalidRequest(`Invalid ${param}: must be a number from 0 to 1`, param);
  return value;
};

const fields = shape({
  fault: oneOf(...CALL_FAULTS, ...DELIVERY_FAULTS),
  when: optional(oneOf('before', 'after')),
  only: optional(text),
  times: optional(integer({ min: 1 })),
  chance: optional(chance),
  seed: optional(integer()),
  delay_ms: optional(integer({ min: 0, max: LONGEST_DELAY_MS })),
});

/** Reads a fault as JSON or a form tells it: `{ "fault": "reset", "when": "after", "only": "POST /v1/refunds" }`. */
export function readFault(body: Record<string, unknown>): Fault {
  const { delay_ms: delayMs, ...fault } = fields(body, '');
  if (fault.when === 'after' && isDeliveryFault(fault.fault)) {
    throw invalidRequest(`A delivery is ${fault.fault} as a whole: when is for calls`, 'when');
  }
  return { ...fault, delayMs };
}
