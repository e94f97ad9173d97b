import { request } from 'node:http';

/** What may be sent: texts, lists and objects of them. */
export type Form = { [name: string]: string | Form | Array<string | Form> };

export interface PlainAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
}

/**
 * A client that knows nothing of any SDK, as somebody wrote it years ago: plain HTTP, the key by Basic authentication,
 * brackets without numbers for lists of texts, and the API version of its day.
 */
export class PlainStripe {
  constructor(
    private readonly port: number,
    private readonly version: string,
  ) {}

  get(path: string, params: Form = {}): Promise<PlainAnswer> {
    const query = encoded(params);
    return this.send('GET', query ? `${path}?${query}` : path);
  }

  post(path: string, params: Form, headers: Record<string, string> = {}): Promise<PlainAnswer> {
    return this.send('POST', path, encoded(params), headers);
  }

  private send(method: string, path: string, body = '', more: Record<string, string> = {}): Promise<PlainAnswer> {
    const headers = {
      authorization: `Basic ${Buffer.from('sk_test_foreign:').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'stripe-version': this.version,
      ...more,
    };
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.port, method, path: `/v1/${path}`, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const answered = JSON.parse(text) as Record<string, unknown>;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answered });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** `a[b][0][c]=…`, and `a[]=…` for texts in a list. */
function encoded(params: Form): string {
  return pairs(params)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function pairs(value: string | Form | Array<string | Form>, name = ''): Array<[string, string]> {
  if (typeof value === 'string') return [[name, value]];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => pairs(item, typeof item === 'string' ? `${name}[]` : `${name}[${index}]`));
  }
  return Object.entries(value).flatMap(([key, item]) => pairs(item, name ? `${name}[${key}]` : key));
}
