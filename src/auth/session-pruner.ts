import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RateLimitStorage } from './rate-limit/rate-limit-storage.js';
import { DatabaseSessionStore } from './session-store.js';

const PRUNE_EVERY_MS = 3_600_000;

/** Deletes expired sessions and counts, while the app listens. */
@Injectable()
export class SessionPruner implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Auth');
  private timer: NodeJS.Timeout | undefined;

  constructor(sessions: DatabaseSessionStore, limits: RateLimitStorage, host: HttpAdapterHost) {
    const prune = () =>
      Promise.all([sessions.prune(), limits.prune()]).catch((error: unknown) => this.logger.error(error));
    host.listen$.subscribe(() => (this.timer = setInterval(prune, PRUNE_EVERY_MS)));
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
