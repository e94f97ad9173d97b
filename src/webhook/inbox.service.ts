import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Dispatcher } from './dispatcher.service.js';
import { HandlerRegistry } from './handler-registry.js';
import type { IncomingEvent } from './incoming-event.js';
import { WebhookEvent } from './webhook-event.entity.js';

/** Where every event is kept before it is answered. */
@Injectable()
export class Inbox {
  constructor(
    private readonly env: Env,
    private readonly handlers: HandlerRegistry,
    private readonly units: UnitOfWork,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** Resolves once the event is safe on disk; one that is there already is left as it is. Rejects where it could not be stored. */
  async store(event: IncomingEvent): Promise<void> {
    const reason = this.reasonToIgnore(event) ?? null;
    const now = new Date();
    await this.units.run((tx) =>
      tx
        .createQueryBuilder()
        .insert()
        .into(WebhookEvent)
        .values({
          id: event.id,
          type: event.type,
          payload: event.payload,
          status: reason ? 'ignored' : 'pending',
          reason,
          nextAttemptAt: reason ? null : now,
          createdAt: event.createdAt,
          receivedAt: now,
        })
        .orIgnore()
        .updateEntity(false)
        .execute(),
    );
    if (!reason) this.dispatcher.wake();
  }

  private reasonToIgnore({ type, livemode, thin, appName }: IncomingEvent): string | undefined {
    if (thin) return 'a thin event: it names an object without carrying it';
    if (livemode !== this.env.livemode)
      return `an event of ${livemode ? 'live' : 'test'} mode; this app's key is for the other`;
    if (appName !== undefined && appName !== this.env.appName)
      return `belongs to another app: ${appName.slice(0, 100)}`;
    if (this.handlers.handlersFor(type).length === 0) return `no handler for ${type}`;
    return undefined;
  }
}
