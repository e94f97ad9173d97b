import { invalidRequest } from '../refusals.js';
import { text } from './scalars.js';
import type { Reader } from './reader.js';

const KNOWN = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

/** A three-letter code in any case; in answers it is in lower case. */
export const currency: Reader<string> = (raw, param) => {
  const code = text(raw, param).toLowerCase();
  if (!KNOWN.has(code)) throw invalidRequest(`Invalid currency: ${code}`, param);
  return code;
};
