import type { Tx } from '../state/store.js';
import type { Reader } from './params/index.js';

/** One call of the API, inside its transaction. */
export interface Call<P> {
  tx: Tx;
  params: P;
  /** The `:id` of the path; empty where it has none. */
  id: string;
  path: string;
  /** Where the caller reached the sandbox: what a browser can be sent to as well. */
  origin: string;
}

/** What a route takes and what it does. */
export interface Endpoint {
  /** Reads the parameters, or refuses them, before anything is executed. */
  prepare(raw: object): (call: Omit<Call<unknown>, 'params'>) => Promise<object>;
}

export function endpoint<P>(params: Reader<P>, run: (call: Call<P>) => Promise<object>): Endpoint {
  return {
    prepare(raw) {
      const values = params(raw, '');
      return (call) => run({ ...call, params: values });
    },
  };
}
