import { Injectable, Logger } from '@nestjs/common';
import { API_VERSION } from '../stripe/api-version.js';

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
