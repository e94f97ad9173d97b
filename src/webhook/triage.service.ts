import { Injectable, Logger } from '@nestjs/common';
import { Env } from '../config/env.js';
import { API_VERSION } from '../stripe/stripe-client.js';
import { HandlerRegistry } from './handler-registry.js';
import type { IncomingEvent } from './incoming-event.js';

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
