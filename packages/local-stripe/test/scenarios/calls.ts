import type { Answer } from '../contract/client.js';

export type Params = Record<string, string>;

/** One call of the API, however it is made. */
export type Call = (method: 'GET' | 'POST' | 'DELETE', path: string, params?: Params) => Promise<Answer>;

export type Json = Record<string, unknown>;

/** The body of an answer of 200. */
export function answered({ status, body }: Answer, path: string): Json {
  if (status !== 200 || !body) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** One page of a list. */
export async function listed(call: Call, path: string, params: Params): Promise<Json[]> {
  return answered(await call('GET', path, params), path)['data'] as Json[];
}
