import type { IncomingMessage } from 'node:http';

/** 1 MiB: far above any event of Stripe's. */
const LARGEST_BODY = 1_048_576;
/** Bodies in memory together, in bytes: those that are coming in, and those that are being stored. */
const MOST_BYTES = 32 * 1_048_576;
/** Deliveries that have begun to send a body and have not ended. */
const MOST_UNFINISHED = 2_000;

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

/** Too much comes in at once, and this body has been on its way for longest. */
export class OverloadedError extends Error {
  constructor() {
    super('More deliveries are under way than there is memory for');
  }
}

interface UnfinishedBody {
  end: (reason?: Error) => void;
}

/**
 * Reads bodies within a budget of memory for all of them together. Where it is used up, the body that has been coming in for
 * longest makes way: an event of Stripe's is whole within milliseconds, so whoever holds memory by sending slowly, or large
 * bodies from many connections, goes first.
 */
export class BodyBudget {
  /** The oldest first. */
  private readonly unfinished = new Set<UnfinishedBody>();
  private bytes = 0;

  constructor(
    private readonly mostBytes = MOST_BYTES,
    private readonly mostUnfinished = MOST_UNFINISHED,
  ) {}

  /**
   * The bytes of a request as they came: never inflated or decoded, since they are what was signed. They count until `release`.
   * What comes after a rejection is discarded.
   * @throws BodyTooLargeError, BodyCutShortError, OverloadedError
   */
  read(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (Number(request.headers['content-length']) > LARGEST_BODY) return reject(new BodyTooLargeError(LARGEST_BODY));
      if (request.readableEnded) return reject(new BodyCutShortError()); // somebody else has read it
      let chunks: Buffer[] = [];
      let size = 0;
      const body: UnfinishedBody = {
        end: (reason) => {
          if (!this.unfinished.delete(body)) return;
          if (!reason) return resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
          chunks = [];
          this.bytes -= size;
          reject(reason);
        },
      };
      this.unfinished.add(body);
      request.on('data', (chunk: Buffer) => {
        if (!this.unfinished.has(body)) return;
        chunks.push(chunk);
        size += chunk.length;
        this.bytes += chunk.length;
        if (size > LARGEST_BODY) body.end(new BodyTooLargeError(LARGEST_BODY));
        this.makeWay();
      });
      request.on('end', () => body.end());
      request.on('close', () => request.complete || body.end(new BodyCutShortError()));
      this.makeWay();
    });
  }

  /** Gives back what a body took, once nobody needs it. */
  release(body: Buffer): void {
    this.bytes -= body.length;
  }

  private makeWay(): void {
    for (const oldest of this.unfinished) {
      if (this.bytes <= this.mostBytes && this.unfinished.size <= this.mostUnfinished) return;
      oldest.end(new OverloadedError());
    }
  }
}
