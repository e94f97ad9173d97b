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

/** Events cannot be sent to this address. */
export class EndpointAddressError extends Error {
  constructor(url: string, reason: string) {
    super(`Stripe cannot send events to ${url}: ${reason}`);
  }
}

export interface EndpointSyncOptions {
  /** Where events are to go; DOMAIN_URL/webhook, where left out. */
  url?: string | undefined;
  /** Makes another endpoint beside the one there is, for a secret of its own. */
  newSecret?: boolean | undefined;
  /** Disables the others at this address. Not in the same run in which one was made: its secret has to be set first. */
  disableOthers?: boolean | undefined;
}

/** What a sync did. */
export interface SyncedEndpoint {
  endpoint: WebhookEndpoint;
  change: 'created' | 'updated' | 'unchanged';
  /** What was brought in line: `events`, `enabled`, `metadata`. */
  changes: string[];
  /** Only where it was made just now: Stripe never shows it again. */
  secret: string | undefined;
  /** Others at this address that still deliver; each event comes once for each of them. */
  others: WebhookEndpoint[];
  /** Others that were disabled just now. */
  disabled: WebhookEndpoint[];
}

/** Brings the webhook endpoint to Stripe, with the events that handlers exist for. May run any number of times. */
@Injectable()
export class EndpointSync {
  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly handlers: HandlerRegistry,
  ) {}

  /** What our endpoint has to be. */
  wanted(url = `${this.env.domainUrl}/webhook`): WantedEndpoint {
    return { url, events: this.handlers.types(), appName: this.env.appName };
  }

  /** Why Stripe can send nothing to this address; `undefined` where it can. The local Stripe can reach any. */
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
