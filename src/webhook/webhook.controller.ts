import {
  BadRequestException,
  Controller,
  Header,
  Headers,
  HttpCode,
  Logger,
  Post,
  Req,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { Request } from 'express';
import { Public } from '../auth/public.decorator.js';
import { WebhookSignature } from '../stripe/webhook-signature.js';
import { Inbox } from './inbox.service.js';
import { readEvent } from './incoming-event.js';

/** The way in for Stripe's events: verify the bytes, store, answer. What they lead to happens afterwards. */
@Public()
@Controller('webhook')
export class WebhookController {
  private readonly logger = new Logger('Webhook');

  constructor(
    private readonly signature: WebhookSignature,
    private readonly inbox: Inbox,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async receive(@Req() request: Request, @Headers('stripe-signature') header?: string): Promise<{ received: true }> {
    const body: unknown = request.body;
    if (!Buffer.isBuffer(body) || !this.signature.isValid(body, header))
      throw new BadRequestException('The Stripe-Signature header does not match this body and our signing secret');
    const event = readEvent(body);
    if (!event) throw new BadRequestException('The body is not a Stripe event');
    await this.inbox.store(event).catch((error: unknown) => {
      this.logger.error(`${event.id} could not be stored, so Stripe is asked to send it again: ${String(error)}`);
      throw new ServiceUnavailableException('The event could not be stored; send it again');
    });
    return { received: true };
  }
}
