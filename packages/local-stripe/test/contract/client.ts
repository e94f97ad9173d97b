import type { RecordedCall } from './recordings.js';

/** The account that `on_account` stands for. */
export const CONNECTED_ACCOUNT = 'acct_contract';

export interface Answer {
  status: number;
  /** Undefined where the body is no JSON. */
  body: Record<string, unknown> | undefined;
}

type Params = RecordedCall['params'];

/** Makes one call with flat form keys, as the recordings have them. */
export async function call(
  url: string,
  method: RecordedCall['method'],
  path: string,
  params: Params,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = new URLSearchParams(
    Object.entries(params).flatMap(([key, value]) => [value].flat().map((one) => [key, one] as [string, string])),
  ).toString();
  const inBody = method === 'POST';
  const response = await fetch(url + path + (form && !inBody ? `?${form}` : ''), {
    method,
    headers: {
      authorization: 'Bearer sk_test_contract',
      ...(inBody && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(inBody && { body: form }),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return { status: response.status, body: undefined };
  }
}
