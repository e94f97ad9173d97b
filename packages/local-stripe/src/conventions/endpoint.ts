import type { Tx } from '../state/store.js';
import type { Reader } from './params/index.js';

/** An API call, inside its transaction. */
export interface Call<P> {
  tx: Tx;
  params: P;
  /** The `:id` of the path; empty where it has none. */
  id: string;
  /** The `:nested` of the path, `/customers/:id/sources/:nested`; empty where it has none. */
  nested: string;
  path: string;
  /** The API version of the request, `2025-03-31.basil`; without one, the sandbox's own. */
  version: string;
  /** Whether the request has a version: without one, its account's version may be as old as the account. */
  namesVersion: boolean;
  /** The origin for addresses in the answer. */
  origin: string;
}

/** A route: its parameters and its effect. */
export interface Endpoint {
  readonly params: Reader<unknown>;
  /** Validates the parameters before anything is executed. Throws ApiError 400. */
  prepare(raw: object): (call: Omit<Call<unknown>, 'params'>) => Promise<object>;
}

export function endpoint<P>(params: Reader<P>, run: (call: Call<P>) => Promise<object>): Endpoint {
  return {
    params,
    prepare(raw) {
      const values = params(raw, '');
      return (call) => run({ ...call, params: values });
    },
  };
}
