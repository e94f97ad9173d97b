import { Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { WebhookEndpoint } from '../../stripe/stripe.types.js';
import { HandlerRegistry } from '../handler-registry.js';
import {
  compareEndpoint,
  isEnabled,
  isPublicAddress,
  ownEndpoints,
  type WantedEndpoint,
} from './endpoint-comparison.js';

/** Stripe cannot send events to this address. */
export class EndpointAddressError extends Error {
  constructor(url: string, reason: string) {
    super(`Stripe cannot send events to ${url}: ${reason}`);
  }
}

export interface EndpointSyncOptions {
  /** The address that gets the events. Defaults to DOMAIN_URL/webhook. */
  url?: string | undefined;
  /** Creates another endpoint beside the existing one, to get a new signing secret. */
  newSecret?: boolean | undefined;
  /** Disables the other endpoints at this address. Has no effect in a run that creates one: its secret has to be set first. */
  disableOthers?: boolean | undefined;
}

/** The endpoint after a sync, and what the sync changed. */
export interface SyncedEndpoint {
  endpoint: WebhookEndpoint;
  change: 'created' | 'updated' | 'unchanged';
  /** What was updated: `events`, `enabled`, `metadata`. */
  changes: string[];
  /** The signing secret, only where the endpoint was just created: Stripe never shows it again. */
  secret: string | undefined;
  /** Other enabled endpoints at this address; each of them delivers every event once more. */
  others: WebhookEndpoint[];
  /** Other endpoints that this sync disabled. */
  disabled: WebhookEndpoint[];
}

/** Creates or updates the webhook endpoint at Stripe, so that it sends every type that has a handler. May be repeated. */
@Injectable()
export class EndpointSync {
  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly handlers: HandlerRegistry,
  ) {}

  /** Our endpoint as it should be. */
  wanted(url = `${this.env.domainUrl}/webhook`): WantedEndpoint {
    return { url, events: this.handlers.types(), appName: this.env.appName };
  }

  /** Why Stripe cannot send events to this address; `undefined` where it can. The local Stripe reaches any address. */
  reasonAgainst(url: string): string | undefined {
    if (this.env.stripe?.apiBase) return undefined;
    if (!isPublicAddress(url))
      return 'no other machine reaches it. Set DOMAIN_URL to the address that customers use, or run `stripe listen --forward-to` meanwhile';
    if (this.env.livemode && !url.startsWith('https:')) return 'live mode takes https addresses alone';
    return undefined;
  }

  /** @throws EndpointAddressError, StripeUnavailableError, StripeRefusedError */
  async sync({ url, newSecret, disableOthers }: EndpointSyncOptions = {}): Promise<SyncedEndpoint> {
    const wanted = this.wanted(url);
    const reason = this.reasonAgainst(wanted.url);
    if (reason) throw new EndpointAddressError(wanted.url, reason);

    const { kept, others } = ownEndpoints(await this.stripe.webhookEndpoints(), wanted);
    if (!kept || newSecret) return this.create(wanted, [...(kept ? [kept] : []), ...others].filter(isEnabled));

    const changes = this.changesTo(kept, wanted);
    const endpoint =
      changes.length === 0
        ? kept
        : await this.stripe.updateWebhookEndpoint(kept.id, {
            events: wanted.events,
            disabled: false,
            metadata: { app_name: wanted.appName },
          });
    const left = others.filter(isEnabled);
    const disabled: WebhookEndpoint[] = [];
    if (disableOthers)
      for (const { id } of left) disabled.push(await this.stripe.updateWebhookEndpoint(id, { disabled: true }));
    return {
      endpoint,
      change: changes.length > 0 ? 'updated' : 'unchanged',
      changes,
      secret: undefined,
      others: disableOthers ? [] : left,
      disabled,
    };
  }

  private async create(wanted: WantedEndpoint, others: WebhookEndpoint[]): Promise<SyncedEndpoint> {
    const { url, events, appName } = wanted;
    const { secret, ...endpoint } = await this.stripe.createWebhookEndpoint({
      url,
      events,
      metadata: { app_name: appName },
    });
    return { endpoint, change: 'created', changes: [], secret, others, disabled: [] };
  }

  private changesTo(endpoint: WebhookEndpoint, wanted: WantedEndpoint): string[] {
    const { missing, surplus, disabled } = compareEndpoint(endpoint, wanted);
    return [
      ...(missing.length + surplus.length > 0 ? ['events'] : []),
      ...(disabled ? ['enabled'] : []),
      ...(endpoint.metadata['app_name'] === wanted.appName ? [] : ['metadata']),
    ];
  }
}
