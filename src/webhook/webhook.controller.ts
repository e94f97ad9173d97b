import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Logger, Post, Req, Res } from '@nestjs/common';
import { Public } from '../auth/user.js';
import { newRequestId, REQUEST_ID_HEADER } from '../http/response-headers.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';
import { WebhookSignature } from '../stripe/webhook-signature.js';
import { BodyBudget, BodyTooLargeError, OverloadedError } from './body-budget.js';
import { readOutline } from './event-outline.js';
import { Inbox } from './inbox.service.js';
import { type IncomingEvent, readEvent } from './incoming-event.js';

/** A string and not bytes: Node sends it in one piece with the headers. */
const RECEIVED = '{"received":true}';
/** How long the rest of a body that nobody wants is discarded, ms, so that its sender comes to read the answer. */
const DISCARD_MS = 2_000;
/** When Stripe may send again what there was no room for, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** One delivery and its answer. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
}

interface Refusal {
  status: 400 | 413 | 503;
  /** Read by engineers, in Stripe's Dashboard. */
  message: string;
}

/** The event is stored, or was before. */
export function answerReceived({ response, requestId }: Exchange): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': RECEIVED.length,
    [REQUEST_ID_HEADER]: requestId,
  });
  response.end(RECEIVED);
}

export function refuse(exchange: Exchange, refusal: Refusal): void {
  write(exchange, refusal);
  exchange.response.end();
}

/**
 * Refuses before the body is whole. The connection ends with it, but not at once: a client that is still sending would be
 * reset, and many throw an answer away then. What they send meanwhile is discarded.
 */
export function refuseUnread(exchange: Exchange, refusal: Refusal): void {
  const { request, response } = exchange;
  response.setHeader('Connection', 'close');
  write(exchange, refusal);
  const timer = setTimeout(() => response.end(), DISCARD_MS);
  request.once('close', () => {
    clearTimeout(timer);
    response.end();
  });
  request.resume();
}

function write({ response, requestId }: Exchange, { status, message }: Refusal): void {
  const text = JSON.stringify({ error: { message, requestId } });
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    [REQUEST_ID_HEADER]: requestId,
    ...(status === 503 && { 'Retry-After': RETRY_AFTER_SECONDS }),
  });
  response.write(text);
}

const TOO_LARGE = 'The body is larger than 1 MiB';
const NOT_AN_EVENT = 'The body is signed, but is not a Stripe event';
const OVERLOADED = 'More deliveries are under way than there is memory for; send it again';
const NOT_STORED = 'The event could not be stored; send it again';

/**
 * The way in for Stripe's events: verify the bytes, store, answer. What they lead to happens afterwards.
 *
 * It takes and answers a plain request of Node's: `configure-app.ts` puts it ahead of Express, which alone costs more than
 * all that is done here.
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
  ) {}

  @Post()
  async receive(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const exchange: Exchange = { request, response, requestId: newRequestId() };
    const header = this.signature.readHeader(request.headers['stripe-signature'] as string | undefined);
    if ('fault' in header) {
      this.warn(exchange, header.fault, header.message);
      return refuseUnread(exchange, { status: 400, message: header.message });
    }
    let body: Buffer;
    try {
      body = await this.bodies.read(request);
    } catch (error) {
      return this.refuseBody(exchange, error);
    }
    try {
      if (this.signature.matches(body, header)) return await this.take(exchange, body);
      const { fault, message } = this.signature.noMatch;
      this.warn(exchange, fault, message);
      refuse(exchange, { status: 400, message });
    } finally {
      this.bodies.release(body);
    }
  }

  /** Stores what Stripe sent, and answers. */
  private async take(exchange: Exchange, body: Buffer): Promise<void> {
    const event = this.read(body);
    if (!event) {
      this.warn(exchange, 'not-an-event', NOT_AN_EVENT);
      return refuse(exchange, { status: 400, message: NOT_AN_EVENT });
    }
    try {
      await this.inbox.store(event);
    } catch (error) {
      const again = `so Stripe is asked to send it again (request ${exchange.requestId})`;
      this.logger.error(`${event.id} could not be stored, ${again}: ${String(error)}`);
      return refuse(exchange, { status: 503, message: NOT_STORED });
    }
    answerReceived(exchange);
  }

  /** Whole where its handlers can have it at once; else its two ends, and whole when it is claimed. */
  private read(body: Buffer): IncomingEvent | undefined {
    const outline = readOutline(body);
    return outline && !this.inbox.canHandOver(outline.type) ? outline : readEvent(body);
  }

  private refuseBody(exchange: Exchange, error: unknown): void {
    if (error instanceof BodyTooLargeError) {
      this.warn(exchange, 'too-large', TOO_LARGE);
      return refuseUnread(exchange, { status: 413, message: TOO_LARGE });
    }
    if (error instanceof OverloadedError) {
      this.warn(exchange, 'overloaded', OVERLOADED);
      return refuseUnread(exchange, { status: 503, message: OVERLOADED });
    }
    exchange.response.destroy(); // the client is gone
  }

  private warn({ requestId }: Exchange, fault: string, message: string): void {
    this.warnings.warn({
      context: 'Webhook',
      kind: `webhook.${fault}`,
      message: `A delivery was refused. ${message}. The last was request ${requestId}`,
    });
  }
}
