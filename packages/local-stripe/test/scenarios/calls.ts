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

/** Makes calls, and keeps what actions were answered: two runs of a scenario must be answered alike. */
export class Caller {
  /** Of each action its status, and the code of an error. */
  readonly answers: string[] = [];

  constructor(readonly call: Call) {}

  /** A call that may be refused. */
  async ask(method: 'POST' | 'DELETE', path: string, params: Params): Promise<Answer> {
    const answer = await this.call(method, path, params);
    const { status, body } = answer;
    if (status >= 500 || !body) throw new Error(`The server answered ${status}: ${JSON.stringify(body)}`);
    const error = body['error'] as Json | undefined;
    this.answers.push(error ? `${status} ${String(error['code'] ?? error['type'])}` : String(status));
    return answer;
  }

  /** A call that must succeed. */
  async made(path: string, params: Params): Promise<Json> {
    return answered(await this.call('POST', path, params), path);
  }

  async found(path: string): Promise<Json> {
    return answered(await this.call('GET', path), path);
  }
}

/** A list as form keys: `default_tax_rates[0]`. An empty list unsets. */
export const listParams = (name: string, values: readonly string[]): Params =>
  values.length === 0 ? { [name]: '' } : Object.fromEntries(values.map((value, index) => [`${name}[${index}]`, value]));
