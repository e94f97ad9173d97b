import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { HandlerRegistry, Triage } from './handler-registry.js';
import { Claims } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { EndpointSync } from './endpoint/endpoint-sync.service.js';
import { EventLog, Pruning } from './event-log.service.js';
import { HandlerRunner } from './handler-runner.service.js';
import { HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { Inbox } from './inbox.service.js';
import { Replay } from './replay.service.js';
import { WebhookController } from './webhook.controller.js';

/** Takes in Stripe's events and runs their handlers, which it finds by their decorator: it imports no feature. */
@Module({
  imports: [DiscoveryModule, StripeModule, TypeOrmModule.forFeature([WebhookEvent, HandlerRun])],
  controllers: [WebhookController],
  providers: [
    Claims,
    Dispatcher,
    EndpointSync,
    EventLog,
    HandlerRegistry,
    HandlerRunner,
    Inbox,
    Pruning,
    Replay,
    Triage,
  ],
  exports: [EndpointSync, EventLog, HandlerRegistry, Pruning, Replay],
})
export class WebhookModule {}
