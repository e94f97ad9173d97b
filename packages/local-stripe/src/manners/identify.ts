import type { RequestHandler, Response } from 'express';
import { API_VERSION } from '../api-version.js';
import { newId } from '../ids.js';
import { invalidRequest } from './refusals.js';

/** `2022-11-15`, or `2026-10-28.endive` since versions have names. */
const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/;

/** Gives every request an id, told in the answer's headers, and tells the API version that shaped the answer. */
export const identify: RequestHandler = (request, response, next) => {
  response.set('Request-Id', newId('request'));
  const version = request.get('stripe-version') ?? API_VERSION;
  if (!VERSION.test(version)) throw invalidRequest(`Invalid Stripe API version: ${version}`);
  response.set('Stripe-Version', version);
  next();
};

export const requestIdOf = (response: Response): string => response.get('Request-Id') ?? '';
