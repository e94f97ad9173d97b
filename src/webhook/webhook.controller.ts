import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Logger, Post, Req, Res } from '@nestjs/common';
import { Public } from '../auth/user.js';
import { newRequestId, REQUEST_ID_HEADER } from '../http/response-headers.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';
import { WebhookSignature } from '../stripe/webhook-signature.js';
import { BodyBudget, BodyTooLargeError, OverloadedError } from './body-budget.js';
import { Inbox } from './inbox.service.js';
import { readEvent } from './incoming-event.js';
import { CLOCK_AHEAD_HEADER, LocalStripeClock } from '../time/local-stripe-clock.js';

const RECEIVED = '{"received":true}';
/** How long the rest of an unwanted body is discarded, ms, so that its sender reads the answer before the connection ends. */
const DISCARD_MS = 2_000;
/** When a delivery that was answered 503 may be sent again, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** One delivery and its answer. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
}

interface Refusal {
  /** Names the kind of warning in the log: `webhook.<fault>`. */
  fault: string;
  status: 400 | 413 | 503;
  /** Sent as the answer, which Stripe's Dashboard shows. */
  message: string;
}

const TOO_LARGE: Refusal = { fault: 'too-large', status: 413, message: 'The body is larger than 1 MiB' };
const OVERLOADED: Refusal = {
  fault: 'overloaded',
  status: 503,
  message: 'More deliveries are under way than there is memory for; send it again',
};
const NOT_AN_EVENT: Refusal = {
  fault: 'not-an-event',
  status: 400,
  message: 'The body is signed, but is not a Stripe event',
};
const NOT_STORED = 'The event could not be stored; send it again';

/**
 * Takes in Stripe's events: verifies the bytes, stores the event, answers. Handlers run later.
 *
 * It gets Node's own request and response, because this route is served ahead of Express, which costs more than all that is done
 * here.
 */
@Public()
@Controller('webhook')
export class WebhookController {
  private readonly logger = new Logger('Webhook');
  private readonly bodies = new BodyBudget();

  constructor(
    private readonly signature: WebhookSignature,
    private readonly inbox: Inbox,
    private readonly warnings: LimitedWarnings,
    private readonly localStripe: LocalStripeClock,
  ) {}

  @Post()
  async receive(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const exchange: Exchange = { request, response, requestId: newRequestId() };
    const header = this.signature.readHeader(request.headers['stripe-signature'] as string | undefined);
    if ('fault' in header) return this.refuseUnread(exchange, { ...header, status: 400 });
    let body: Buffer;
    try {
      body = await this.bodies.read(request);
    } catch (error) {
      if (error instanceof BodyTooLargeError) return this.refuseUnread(exchange, TOO_LARGE);
      if (error instanceof OverloadedError) return this.refuseUnread(exchange, OVERLOADED);
      response.destroy(); // the client is gone
      return;
    }
    try {
      if (this.signature.matches(body, header)) await this.store(exchange, body);
      else this.refuse(exchange, { ...this.signature.noMatch, status: 400 });
    } finally {
      this.bodies.release(body);
    }
  }

  /** Stores a verified event, and only then answers 200; 503 asks Stripe to send it again. */
  private async store(exchange: Exchange, body: Buffer): Promise<void> {
    const event = readEvent(body);
    if (!event) return this.refuse(exchange, NOT_AN_EVENT);
    this.localStripe.readDelivery(exchange.request.headers[CLOCK_AHEAD_HEADER]);
    try {
      await this.inbox.store(event);
    } catch (error) {
      const again = `so Stripe is asked to send it again (request ${exchange.requestId})`;
      this.logger.error(`${event.id} could not be stored, ${again}: ${String(error)}`);
      return answer(exchange, 503, errorBody(exchange, NOT_STORED));
    }
    answer(exchange, 200, RECEIVED);
  }

  private refuse(exchange: Exchange, refusal: Refusal): void {
    this.warn(exchange, refusal);
    answer(exchange, refusal.status, errorBody(exchange, refusal.message));
  }

  /**
   * Refuses before the body is read to its end. The connection is closed after it, but not at once: a client that is still sending
   * would see a reset, and many then drop the answer. What it sends meanwhile is discarded.
   */
  private refuseUnread(exchange: Exchange, refusal: Refusal): void {
    const { request, response } = exchange;
    this.warn(exchange, refusal);
    const body = errorBody(exchange, refusal.message);
    response.setHeader('Connection', 'close');
    writeHead(exchange, refusal.status, body);
    response.write(body);
    const timer = setTimeout(() => response.end(), DISCARD_MS);
    request.once('close', () => {
      clearTimeout(timer);
      response.end();
    });
    request.resume();
  }

  private warn({ requestId }: Exchange, { fault, message }: Refusal): void {
    this.warnings.warn({
      context: 'Webhook',
      kind: `webhook.${fault}`,
      message: `A delivery was refused. ${message}. The last was request ${requestId}`,
    });
  }
}

const errorBody = ({ requestId }: Exchange, message: string): string =>
  JSON.stringify({ error: { message, requestId } });

function answer(exchange: Exchange, status: number, body: string): void {
  writeHead(exchange, status, body);
  exchange.response.end(body);
}

function writeHead({ response, requestId }: Exchange, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    [REQUEST_ID_HEADER]: requestId,
    ...(status === 503 && { 'Retry-After': RETRY_AFTER_SECONDS }),
  });
}
