import express, { type Request, type Router } from 'express';
import { noSuch } from '../manners/refusals.js';
import { answerControl } from '../pages/control-answers.js';
import type { Misbehaviour } from './misbehaviour.js';
import { readFault } from './read-fault.js';
import type { ToldFault } from './rule.js';

/** `/_sandbox/faults`: GET what is in force, POST one more, DELETE (or POST `…/clear`) all or one by its id. */
export function faultRoutes(misbehaviour: Misbehaviour): Router {
  const router = express.Router();
  const remove = (id: string): object => {
    if (!misbehaviour.remove(Number(id))) throw noSuch('fault', id, 'id', 404);
    return { id: Number(id), deleted: true };
  };
  const clear = (): object => {
    misbehaviour.clear();
    return { faults: [] };
  };

  router.get('/', (_request, response) => response.json({ faults: misbehaviour.list().map(onTheWire) }));
  router.post('/', (request: Request<object, unknown, Record<string, unknown> | undefined>, response) => {
    answerControl(request, response, onTheWire(misbehaviour.add(readFault(request.body ?? {}))));
  });
  router.delete('/', (_request, response) => response.json(clear()));
  router.delete('/:id', ({ params }, response) => response.json(remove(params.id)));
  // A form can only post.
  router.post('/clear', (request, response) => answerControl(request, response, clear()));
  router.post('/:id/clear', (request, response) => answerControl(request, response, remove(request.params.id)));
  return router;
}

const onTheWire = ({ delayMs, ...fault }: ToldFault): object => ({ ...fault, delay_ms: delayMs });
