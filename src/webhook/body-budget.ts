import type { IncomingMessage } from 'node:http';

/** The largest body, in bytes: 1 MiB, far above any event of Stripe's. */
const MAX_BODY_BYTES = 1_048_576;
/** Bodies in memory together, in bytes: those that arrive and those that are being stored. */
const MAX_TOTAL_BYTES = 32 * 1_048_576;
/** Deliveries whose body has begun to arrive and is not whole. */
const MAX_UNFINISHED = 2_000;

/** The body is larger than `limit` bytes. */
export class BodyTooLargeError extends Error {
  constructor(readonly limit: number) {
    super(`The body is larger than ${limit} bytes`);
  }
}

/** The client disconnected before its body was whole. */
export class BodyCutShortError extends Error {
  constructor() {
    super('The connection ended before the body was whole');
  }
}

/** The budget is used up, and this body has been arriving for longest. */
export class OverloadedError extends Error {
  constructor() {
    super('More deliveries are under way than there is memory for');
  }
}

interface UnfinishedBody {
  /** Settles the reading; with a reason it is rejected, and its memory given back. */
  end: (reason?: Error) => void;
}

/**
 * Reads bodies within one budget of memory for all of them. Where it is used up, the body that has been arriving for longest is
 * refused: Stripe's are whole within milliseconds, so slow senders, and large bodies on many connections, are refused first.
 */
export class BodyBudget {
  /** The oldest first. */
  private readonly unfinished = new Set<UnfinishedBody>();
  private bytes = 0;

  constructor(
    private readonly maxTotalBytes = MAX_TOTAL_BYTES,
    private readonly maxUnfinished = MAX_UNFINISHED,
  ) {}

  /**
   * The bytes of a request as they came, since they are what was signed: never inflated or decoded. They count against the budget
   * until `release`. What arrives after a rejection is discarded.
   * @throws BodyTooLargeError, BodyCutShortError, OverloadedError
   */
  read(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (Number(request.headers['content-length']) > MAX_BODY_BYTES)
        return reject(new BodyTooLargeError(MAX_BODY_BYTES));
      if (request.readableEnded) return reject(new BodyCutShortError()); // another middleware has read it
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
        if (size > MAX_BODY_BYTES) body.end(new BodyTooLargeError(MAX_BODY_BYTES));
        this.refuseOldest();
      });
      request.on('end', () => body.end());
      request.on('close', () => request.complete || body.end(new BodyCutShortError()));
      this.refuseOldest();
    });
  }

  /** Gives back the memory of a body that is no longer needed. */
  release(body: Buffer): void {
    this.bytes -= body.length;
  }

  /** Refuses unfinished bodies, the oldest first, until the others are within the budget. */
  private refuseOldest(): void {
    for (const oldest of this.unfinished) {
      if (this.bytes <= this.maxTotalBytes && this.unfinished.size <= this.maxUnfinished) return;
      oldest.end(new OverloadedError());
    }
  }
}
