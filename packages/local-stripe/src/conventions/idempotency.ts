import { createHash } from 'node:crypto';
import type { Tx } from '../state/store.js';
import { ApiError } from './errors.js';

/** A stored answer. */
export interface Answer {
  status: number;
  body: string;
}

interface Row extends Answer {
  path: string;
  params: string;
}

/** The request of a key: every use must have the same. */
export interface Asked {
  key: string;
  path: string;
  /** A digest of the parameters, so that they are not stored. */
  params: string;
}

export const digestOf = (params: object): string =>
  createHash('sha256').update(JSON.stringify(params)).digest('base64url');

/** The first answer under this key; undefined for a new key. Throws ApiError where it was used with another request. */
export async function earlierAnswer({ database }: Tx, { key, path, params }: Asked): Promise<Answer | undefined> {
  const row = await database.get<Row>('SELECT path, params, status, body FROM idempotency_keys WHERE key = ?', key);
  if (!row) return undefined;
  if (row.path !== path) {
    throw misused(key, `the same endpoint they were first used for ('${row.path}' vs '${path}')`);
  }
  if (row.params !== params) throw misused(key, 'the same parameters they were first used with');
  return { status: row.status, body: row.body };
}

/** Stores the answer, in the transaction of the effect. */
export async function keepAnswer({ database }: Tx, { key, path, params }: Asked, answer: Answer): Promise<void> {
  await database.run(
    'INSERT INTO idempotency_keys (key, path, params, status, body, made) VALUES (?, ?, ?, ?, ?, ?)',
    key,
    path,
    params,
    answer.status,
    answer.body,
    Date.now(),
  );
}

/** Keys of requests in progress: a concurrent request with the same key is refused with 409. */
export class KeysInUse {
  private readonly keys = new Set<string>();

  async during<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.keys.has(key)) {
      const message = `There is currently another in-progress request using this Idempotent Key (that probably kind you submitted twice, and the other request is still going through): ${key}.`;
      throw new ApiError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
    }
    this.keys.add(key);
    try {
      return await work();
    } finally {
      this.keys.delete(key);
    }
  }
}

function misused(key: string, condition: string): ApiError {
  const message = `Keys for idempotent requests can only be used with ${condition}. Try using a key other than '${key}' if you meant to execute a different request.`;
  return new ApiError(400, { type: 'idempotency_error', message });
}
