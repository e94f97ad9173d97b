import type { RequestHandler, Response } from 'express';
import { newId } from '../model/ids.js';
import { ApiError } from './errors.js';
import type { CallFault } from '../faults/fault.js';
import type { CallFaultHit, FaultRules } from '../faults/fault-rules.js';

const SERVER_ERROR = new ApiError(500, {
  type: 'api_error',
  message: 'An unknown error occurred. (A fault was injected into the local Stripe.)',
});
const RATE_LIMIT = new ApiError(429, {
  type: 'invalid_request_error',
  code: 'rate_limit',
  message: 'Too many requests hit the API too quickly. (A fault was injected into the local Stripe.)',
});

/** Middleware before the API that injects faults. */
export const failingCalls =
  (faultRules: FaultRules): RequestHandler =>
  (request, response, next) => {
    const hit = faultRules.ofCall(request.method, request.originalUrl.split('?')[0] ?? '');
    if (!hit) return next();
    const { fault, when } = hit;
    if (fault === 'slow') return answerLate(response, hit, next);
    if (when === 'before') return applyFault(response, fault, faultRules);

    // The call is executed and committed; its answer is not sent.
    const { end } = response;
    response.end = (): Response => {
      response.end = end;
      applyFault(response, fault, faultRules);
      return response;
    };
    next();
  };

/** The call waits before it is executed, or its answer, which says how things were when it was executed. */
function answerLate(response: Response, { when, delayMs }: CallFaultHit, next: () => void): void {
  if (when === 'before') {
    setTimeout(next, delayMs);
    return;
  }
  const { end } = response;
  response.end = (...answered: unknown[]): Response => {
    response.end = end;
    setTimeout(() => Reflect.apply(end, response, answered), delayMs);
    return response;
  };
  next();
}

function applyFault(response: Response, fault: Exclude<CallFault, 'slow'>, faultRules: FaultRules): void {
  switch (fault) {
    case 'server_error':
      return answer(response, SERVER_ERROR);
    case 'rate_limit':
      return answer(response, RATE_LIMIT);
    case 'hang':
      faultRules.keepHanging(response);
      response.once('close', () => faultRules.noLongerHanging(response));
      return;
    case 'reset':
      // A connection that the client has ended cannot be reset any more.
      if (response.socket?.readableEnded) response.destroy();
      else response.socket?.resetAndDestroy();
  }
}

function answer(response: Response, error: ApiError): void {
  const requestId = response.get('Request-Id') ?? newId('request');
  for (const name of ['Content-Length', 'Idempotent-Replayed', 'Idempotency-Key']) response.removeHeader(name);
  response.set('Request-Id', requestId).status(error.status).json(error.body(requestId));
}
