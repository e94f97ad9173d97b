import type { IncomingMessage } from 'node:http';

/** The body is larger than we take. */
export class BodyTooLargeError extends Error {
  constructor(readonly limit: number) {
    super(`The body is larger than ${limit} bytes`);
  }
}

/** The client went away before its body was whole. */
export class BodyCutShortError extends Error {
  constructor() {
    super('The connection ended before the body was whole');
  }
}

/**
 * The bytes of a request as they came: never inflated or decoded, since they are what was signed.
 * @param limit the most bytes that are taken
 * @throws BodyTooLargeError, BodyCutShortError
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > limit) return reject(new BodyTooLargeError(limit));
    if (request.readableEnded) return reject(new BodyCutShortError()); // somebody else has read it
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(new BodyTooLargeError(limit));
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('close', () => request.complete || reject(new BodyCutShortError()));
  });
}
