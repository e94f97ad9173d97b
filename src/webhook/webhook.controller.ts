import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Logger, Post, Req, Res } from '@nestjs/common';
import { Public } from '../auth/public.decorator.js';
import { WebhookSignature } from '../stripe/webhook-signature.js';
import { readOutline } from './event-outline.js';
import { Inbox } from './inbox.service.js';
import { type IncomingEvent, readEvent } from './incoming-event.js';
import { BodyTooLargeError, readBody } from './read-body.js';
import { answer } from './webhook-answer.js';

/** 1 MiB: far above any event of Stripe's. */
const LARGEST_BODY = 1_048_576;

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

  constructor(
    private readonly signature: WebhookSignature,
    private readonly inbox: Inbox,
  ) {}

  @Post()
  async receive(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await readBody(request, LARGEST_BODY);
    } catch (error) {
      if (error instanceof BodyTooLargeError) return answer.tooLarge(response);
      return void response.destroy();
    }
    if (!this.signature.isValid(body, request.headers['stripe-signature'] as string | undefined))
      return answer.badSignature(response);
    const event = this.read(body);
    if (!event) return answer.notAnEvent(response);

    try {
      await this.inbox.store(event);
    } catch (error) {
      this.logger.error(`${event.id} could not be stored, so Stripe is asked to send it again: ${String(error)}`);
      return answer.notStored(response);
    }
    answer.received(response);
  }

  /** Whole where its handlers can have it at once; else its two ends, and whole when it is claimed. */
  private read(body: Buffer): IncomingEvent | undefined {
    const outline = readOutline(body);
    return outline && !this.inbox.canHandOver(outline.type) ? outline : readEvent(body);
  }
}
