import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';
import { HandlerRegistry } from './handler-registry.js';
import type { IncomingEvent } from './incoming-event.js';

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
