import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { inChunks } from '../database/in-chunks.js';
import { HandlerRun } from './handler-run.entity.js';
import { type EventStatus, WebhookEvent } from './webhook-event.entity.js';

export type { EventStatus };

export interface EventFilter {
  status?: EventStatus | undefined;
  type?: string | undefined;
  /** All, where left out. */
  limit?: number | undefined;
}

/** An event and what its handlers made of it. */
export interface LoggedEvent {
  event: WebhookEvent;
  runs: HandlerRun[];
}

/** What came in and what became of it, for operators. */
@Injectable()
export class EventLog {
  constructor(
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
    @InjectRepository(HandlerRun) private readonly runs: Repository<HandlerRun>,
  ) {}

  /** Newest first; `total` counts what the filter matches, whatever the limit. */
  async list({ status, type, limit }: EventFilter): Promise<{ events: LoggedEvent[]; total: number }> {
    const [events, total] = await this.events.findAndCount({
      where: { ...(status && { status }), ...(type && { type }) },
      order: { receivedAt: 'DESC', id: 'DESC' },
      ...(limit !== undefined && { take: limit }),
    });
    return { events: await this.withRuns(events), total };
  }

  async find(id: string): Promise<LoggedEvent | undefined> {
    const event = await this.events.findOneBy({ id });
    return event ? (await this.withRuns([event]))[0] : undefined;
  }

  private async withRuns(events: WebhookEvent[]): Promise<LoggedEvent[]> {
    const byEvent = new Map<string, HandlerRun[]>(events.map(({ id }) => [id, []]));
    const read = (some: string[]) => this.runs.find({ where: { eventId: In(some) }, order: { handler: 'ASC' } });
    for (const run of await inChunks([...byEvent.keys()], read)) byEvent.get(run.eventId)?.push(run);
    return events.map((event) => ({ event, runs: byEvent.get(event.id) ?? [] }));
  }
}
