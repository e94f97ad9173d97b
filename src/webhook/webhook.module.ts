import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from '../stripe/stripe.module.js';
import { ApiVersionNotice, Triage } from './triage.service.js';
import { Claims } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { EndpointSync } from './endpoint/endpoint-sync.service.js';
import { EventLog } from './event-log.service.js';
import { EventRunner, GroupRunner } from './handler-runner.service.js';
import { HandlerRegistry } from './handler-registry.js';
import { HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { Inbox } from './inbox.service.js';
import { Pruning } from './pruning.service.js';
import { Replay } from './replay.service.js';
import { WebhookController } from './webhook.controller.js';

/** How events come in and reach their handlers. Knows no feature: handlers are found by their decorator. */
@Module({
  imports: [DiscoveryModule, StripeModule, TypeOrmModule.forFeature([WebhookEvent, HandlerRun])],
  controllers: [WebhookController],
  providers: [
    ApiVersionNotice,
    Claims,
    Dispatcher,
    EndpointSync,
    EventLog,
    EventRunner,
    GroupRunner,
    HandlerRegistry,
    Inbox,
    Pruning,
    Replay,
    Triage,
  ],
  exports: [EndpointSync, EventLog, HandlerRegistry, Pruning, Replay],
})
export class WebhookModule {}
