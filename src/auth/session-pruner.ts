import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DatabaseSessionStore } from './session-store.js';

const PRUNE_EVERY_MS = 3_600_000;

/** Deletes expired sessions, while the app listens. */
@Injectable()
export class SessionPruner implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Auth');
  private timer: NodeJS.Timeout | undefined;

  constructor(store: DatabaseSessionStore, host: HttpAdapterHost) {
    const prune = () => store.prune().catch((error: unknown) => this.logger.error(error));
    host.listen$.subscribe(() => (this.timer = setInterval(prune, PRUNE_EVERY_MS)));
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
