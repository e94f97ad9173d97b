import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RecurringTask } from '../time/recurring-task.js';
import { RateLimitStorage } from './rate-limit/rate-limit-storage.js';
import { DatabaseSessionStore } from './session-store.js';

const PRUNE_EVERY_MS = 3_600_000;

/** Deletes expired sessions and rate limit counts every hour while the app listens. */
@Injectable()
export class SessionPruner implements BeforeApplicationShutdown {
  private readonly task: RecurringTask;

  constructor(sessions: DatabaseSessionStore, limits: RateLimitStorage, host: HttpAdapterHost) {
    const options = { name: 'Pruning of sessions', periodMs: PRUNE_EVERY_MS, runAtStart: false };
    this.task = new RecurringTask(options, () => Promise.all([sessions.prune(), limits.prune()]));
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }
}
