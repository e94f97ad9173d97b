import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type DiscoverableDecorator, DiscoveryService } from '@nestjs/core';
import { Env } from '../config/env.js';
import { OperatorError } from '../config/settings.error.js';
import { API_VERSION } from '../stripe/stripe-client.js';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import { type IncomingEvent, otherAccountOf } from './incoming-event.js';
import { HandledEventTypes, type StripeEventHandler } from './index.js';

/** A handler, and its class name, under which its runs are stored and its errors are logged. */
export interface NamedHandler<Handler> {
  name: string;
  handler: Handler;
}

/** Two handlers of one kind have the same class name, so their runs and errors could not be distinguished. */
export class DuplicateHandlerError extends OperatorError {
  /** @param kind such as `event handler` */
  constructor(
    kind: string,
    readonly handlerName: string,
  ) {
    super(`Two ${kind}s are called ${handlerName}: rename one of the classes, or list it in one module only`);
  }
}

/**
 * Finds the app's own handlers: every provider whose class carries `decorator`, by each of the keys that the decorator was given,
 * in the order in which Nest made them. Call it in `onModuleInit`, when all providers exist.
 *
 * @param decorator made by `DiscoveryService.createDecorator`; its value is the list of keys, such as event types
 * @param kind for the error, such as `event handler`
 * @throws DuplicateHandlerError, which stops the boot
 */
export function findHandlers<Key extends string, Handler>(
  discovery: DiscoveryService,
  decorator: DiscoverableDecorator<readonly Key[]>,
  kind: string,
): ReadonlyMap<Key, readonly NamedHandler<Handler>[]> {
  const byKey = new Map<Key, NamedHandler<Handler>[]>();
  const names = new Set<string>();
  for (const provider of discovery.getProviders()) {
    const keys = provider.metatype && discovery.getMetadataByDecorator(decorator, provider);
    if (!keys) continue;
    if (names.has(provider.name)) throw new DuplicateHandlerError(kind, provider.name);
    names.add(provider.name);
    const named = { name: provider.name, handler: provider.instance as Handler };
    for (const key of keys) byKey.set(key, [...(byKey.get(key) ?? []), named]);
  }
  return byKey;
}

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

/** Characters of another app's name that are stored. */
const MAX_NAME_LENGTH = 100;
/** Other API versions that are warned of, since start. */
const MAX_VERSIONS = 20;

/** Decides which events this app handles. */
@Injectable()
export class Triage {
  private readonly logger = new Logger('Webhook');
  private readonly knownVersions = new Set<string>([API_VERSION]);

  constructor(
    private readonly env: Env,
    private readonly handlers: HandlerRegistry,
  ) {}

  /** Why an event is stored as ignored; `undefined` for one that is to be handled. */
  reasonToIgnore({ type, livemode, thin, account, carriesObject, appName }: IncomingEvent): string | undefined {
    if (thin) return 'a thin event: it names an object without carrying it';
    if (account !== undefined && !this.env.connectedAccounts) return `happened on another account: ${account}`;
    if (livemode !== this.env.livemode)
      return `an event of ${livemode ? 'live' : 'test'} mode; this app's key is for the other`;
    if (!carriesObject) return 'its data.object is missing, or is no object';
    if (appName !== undefined && appName !== this.env.appName)
      return `belongs to another app: ${appName.slice(0, MAX_NAME_LENGTH)}`;
    if (this.handlers.handlersFor(type).length === 0) return `no handler for ${type}`;
    return undefined;
  }

  /**
   * Warns once of each API version other than the SDK's that events to be handled are shaped after: their fields may differ from
   * what handlers expect. `undefined`: the event names no version.
   */
  warnOfOtherVersion(version: string | undefined): void {
    if (!version || this.knownVersions.has(version) || this.knownVersions.size > MAX_VERSIONS) return;
    this.knownVersions.add(version);
    this.logger.warn(
      `Events come in API version ${JSON.stringify(version.slice(0, 50))}, and this app is written for ${API_VERSION}: their parts may ` +
        'differ, so that a change is missed. The webhook endpoint has a version of its own: `npm run cli -- webhooks sync` ' +
        'makes one with ours, or make one in the Dashboard, then delete the old one.',
    );
  }
}
