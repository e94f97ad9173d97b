import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import { findHandlers, type NamedHandler } from './find-handlers.js';
import { otherAccountOf } from './incoming-event.js';
import { HandledEventTypes, type StripeEventHandler } from './stripe-event-handler.js';

/** A handler of events of any type. */
export type NamedEventHandler = NamedHandler<StripeEventHandler<StripeEventType>>;

/** The event handlers of the app, by the type of event. */
@Injectable()
export class HandlerRegistry implements OnModuleInit {
  private byType: ReadonlyMap<string, readonly NamedEventHandler[]> = new Map();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws DuplicateHandlerError */
  onModuleInit(): void {
    this.byType = findHandlers(this.discovery, HandledEventTypes, 'event handler');
  }

  /** The handlers of a type; empty where there is none. */
  handlersFor(type: string): readonly NamedEventHandler[] {
    return this.byType.get(type) ?? [];
  }

  /** Every type that has a handler, in alphabetical order: the events that a webhook endpoint has to send. */
  types(): StripeEventType[] {
    return ([...this.byType.keys()] as StripeEventType[]).toSorted();
  }
}

/** Why a handler ignores an event; `undefined` where it handles it. Throws what the handler's own `reasonToIgnore` throws. */
export function reasonToIgnore(
  { handler }: NamedEventHandler,
  event: StripeEventOf<StripeEventType>,
): string | undefined {
  const account = otherAccountOf(event);
  if (account !== undefined && !handler.takesConnectedAccounts)
    return `happened on another account: ${account}, and this handler is for our own`;
  return handler.reasonToIgnore?.(event);
}
