import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { OperatorError } from '../config/settings.error.js';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import { HandledEventTypes, type StripeEventHandler } from './index.js';
import { otherAccountOf } from './incoming-event.js';

/** A handler and the name its runs are kept under. */
export interface NamedHandler {
  name: string;
  handler: StripeEventHandler<StripeEventType>;
}

/** Two handlers share a name, so that their runs could not be told apart. */
export class DuplicateHandlerError extends OperatorError {
  constructor(readonly handlerName: string) {
    super(`Two event handlers are called ${handlerName}: rename one of the classes, or list it in one module only`);
  }
}

/** Every handler of the app by the type of event it takes. */
@Injectable()
export class HandlerRegistry implements OnModuleInit {
  private readonly byType = new Map<StripeEventType, NamedHandler[]>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    const names = new Set<string>();
    for (const wrapper of this.discovery.getProviders()) {
      const types = wrapper.metatype && this.discovery.getMetadataByDecorator(HandledEventTypes, wrapper);
      if (!types) continue;
      if (names.has(wrapper.name)) throw new DuplicateHandlerError(wrapper.name);
      names.add(wrapper.name);
      for (const type of types) this.add(type, { name: wrapper.name, handler: wrapper.instance });
    }
  }

  /** The handlers of a type; none where nobody takes it. */
  handlersFor(type: string): readonly NamedHandler[] {
    return this.byType.get(type as StripeEventType) ?? [];
  }

  /** Every type that somebody handles, in alphabetical order: what an endpoint has to send. */
  types(): StripeEventType[] {
    return [...this.byType.keys()].toSorted();
  }

  private add(type: StripeEventType, handler: NamedHandler): void {
    this.byType.set(type, [...this.handlersFor(type), handler]);
  }
}

/** Why a handler leaves an event alone; `undefined` where it takes it. Throws what the handler throws. */
export function reasonToIgnore({ handler }: NamedHandler, event: StripeEventOf<StripeEventType>): string | undefined {
  const account = otherAccountOf(event);
  if (account !== undefined && !handler.takesConnectedAccounts)
    return `happened on another account: ${account}, and this handler is for our own`;
  return handler.reasonToIgnore?.(event);
}
