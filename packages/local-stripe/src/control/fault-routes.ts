import express, { type Request, type Router } from 'express';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { answerControl } from './answers.js';
import type { FaultRules } from '../faults/fault-rules.js';
import type { FaultReport } from '../faults/rule.js';
import { integer, oneOf, optional, shape, text, type Reader } from '../conventions/params/index.js';
import { CALL_FAULTS, DELIVERY_FAULTS, isDeliveryFault, type Fault } from '../faults/fault.js';

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

/** Reads the parameters of a fault: `{ "fault": "reset", "when": "after", "only": "POST /v1/refunds" }`. */
export function readFault(body: Record<string, unknown>): Fault {
  const { delay_ms: delayMs, ...fault } = fields(body, '');
  if (fault.when === 'after' && isDeliveryFault(fault.fault)) {
    throw invalidRequest(`A delivery is ${fault.fault} as a whole: when is for calls`, 'when');
  }
  return { ...fault, delayMs };
}

/** `/_sandbox/faults`: GET lists the active ones, POST adds one, DELETE (or POST `…/clear`) ends all or one by its id. */
export function faultRoutes(faultRules: FaultRules): Router {
  const router = express.Router();
  const remove = (id: string): object => {
    if (!faultRules.remove(Number(id))) throw noSuch('fault', id, 'id', 404);
    return { id: Number(id), deleted: true };
  };
  const clear = (): object => {
    faultRules.clear();
    return { faults: [] };
  };

  router.get('/', (_request, response) => response.json({ faults: faultRules.list().map(onTheWire) }));
  router.post('/', (request: Request<object, unknown, Record<string, unknown> | undefined>, response) => {
    answerControl(request, response, onTheWire(faultRules.add(readFault(request.body ?? {}))));
  });
  router.delete('/', (_request, response) => response.json(clear()));
  router.delete('/:id', ({ params }, response) => response.json(remove(params.id)));
  // HTML forms cannot send DELETE.
  router.post('/clear', (request, response) => answerControl(request, response, clear()));
  router.post('/:id/clear', (request, response) => answerControl(request, response, remove(request.params.id)));
  return router;
}

const onTheWire = ({ delayMs, ...fault }: FaultReport): object => ({ ...fault, delay_ms: delayMs });
