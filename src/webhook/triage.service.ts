import { Injectable, Logger } from '@nestjs/common';
import { Env } from '../config/env.js';
import { HandlerRegistry } from './handler-registry.js';
import type { IncomingEvent } from './incoming-event.js';
import { API_VERSION } from '../stripe/stripe-client.js';

/** As much of another app's name as is worth keeping. */
const LONGEST_NAME = 100;

/** Which events are ours to handle. */
@Injectable()
export class Triage {
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
      return `belongs to another app: ${appName.slice(0, LONGEST_NAME)}`;
    if (this.handlers.handlersFor(type).length === 0) return `no handler for ${type}`;
    return undefined;
  }
}

/** As many versions as an operator would read of. */
const MOST_VERSIONS = 20;

/** Warns once of each version of the API, other than ours, that events are shaped after: handlers may find other parts in them. */
@Injectable()
export class ApiVersionNotice {
  private readonly logger = new Logger('Webhook');
  private readonly known = new Set<string>([API_VERSION]);

  /** `version`: of an event that is to be handled; `undefined` where it says none. */
  look(version: string | undefined): void {
    if (!version || this.known.has(version) || this.known.size > MOST_VERSIONS) return;
    this.known.add(version);
    this.logger.warn(
      `Events come in API version ${JSON.stringify(version.slice(0, 50))}, and this app is written for ${API_VERSION}: their parts may ` +
        'differ, so that a change is missed. The webhook endpoint has a version of its own: `npm run cli -- webhooks sync` ' +
        'makes one with ours, or make one in the Dashboard, then delete the old one.',
    );
  }
}
