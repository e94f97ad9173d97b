import type { SentEvent } from './events.js';

/** As many as keep the app busy, and leave the rest of the machine to it. */
const WRITERS = 16;

/** Writers that send events as fast as they are answered. One whose connection breaks goes home. */
export class Load {
  /** The ids of events that were answered 200. */
  readonly acknowledged = new Set<string>();
  /** Events whose connection broke before there was an answer: they may be stored, or not. */
  readonly unanswered: SentEvent[] = [];
  /** The statuses of answers that were not 200, and how many there were of each. */
  readonly refusals: Record<number, number> = {};
  private readonly writers: Promise<void>[];
  private stopped = false;

  constructor(
    private readonly send: (event: SentEvent) => Promise<Response>,
    private readonly nextEvent: () => SentEvent,
  ) {
    this.writers = Array.from({ length: WRITERS }, () => this.write());
  }

  /** Lets each writer finish what it is at. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended();
  }

  /** Resolves when every writer has gone home. */
  async ended(): Promise<void> {
    await Promise.all(this.writers);
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      const event = this.nextEvent();
      try {
        const { status } = await this.send(event);
        if (status === 200) this.acknowledged.add(event.id);
        else this.refusals[status] = (this.refusals[status] ?? 0) + 1;
      } catch {
        this.unanswered.push(event);
        return;
      }
    }
  }
}
