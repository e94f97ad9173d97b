import type { RequestHandler, Response } from 'express';
import { API_VERSION } from '../api-version.js';
import { newId } from '../ids.js';

/** Gives every request an id, told in the answer's headers, and tells the API version that shaped the answer. */
export const identify: RequestHandler = (request, response, next) => {
  response.set('Request-Id', newId('request'));
  response.set('Stripe-Version', request.get('stripe-version') ?? API_VERSION);
  next();
};

export const requestIdOf = (response: Response): string => response.get('Request-Id') ?? '';
