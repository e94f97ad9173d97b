import type { RunningSandbox } from '../../src/index.js';

interface Answer {
  status: number;
  body: unknown;
}

/** The control API, as a test in any language speaks it. */
export function control({ url }: RunningSandbox) {
  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}/_sandbox${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return {
    get: (path: string) => call(path),
    remove: (path: string) => call(path, { method: 'DELETE' }),
    /** JSON, or a form. */
    post: (path: string, body: object | URLSearchParams = {}) =>
      call(path, {
        method: 'POST',
        ...(body instanceof URLSearchParams
          ? { body }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
  };
}
