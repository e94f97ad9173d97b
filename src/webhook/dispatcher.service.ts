import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Claim, Claims, RENEW_EVERY_MS } from './claims.service.js';
import { EventRunner } from './event-runner.service.js';

/** Events handled at the same time: a slow one takes one place of these. */
const MOST_AT_ONCE = 64;
/** How often to look for retries that fell due, and for what another process made due, ms. */
const LOOK_EVERY_MS = 1_000;
/** How long to wait for handlers under way when the app stops, ms. */
const PATIENCE_MS = 8_000;

/**
 * Hands stored events to their handlers: at once when intake wakes it, and by the clock for retries. It works from when
 * the app listens until it stops, so the command line, which never listens, does none of it.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhook');
  private readonly underWay = new Map<Claim, Promise<void>>();
  private timers: NodeJS.Timeout[] = [];
  private running = false;
  private looking: Promise<void> | undefined;
  private lookAgain = false;

  constructor(
    private readonly claims: Claims,
    private readonly runner: EventRunner,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => void this.start());
  }

  /** There may be something to do. */
  wake(): void {
    if (!this.running) return;
    this.lookAgain = true;
    this.looking ??= this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.running = false;
    for (const timer of this.timers) clearInterval(timer);
    const finished = Promise.allSettled([this.looking, ...this.underWay.values()]);
    await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())]);
  }

  private async start(): Promise<void> {
    this.running = true;
    this.timers = [
      setInterval(() => this.wake(), LOOK_EVERY_MS),
      setInterval(() => void this.renewLeases(), RENEW_EVERY_MS),
    ];
    await this.claims.releaseAll().catch((error: unknown) => this.logger.error(error));
    this.wake();
  }

  private async look(): Promise<void> {
    try {
      while (this.running && this.lookAgain && this.underWay.size < MOST_AT_ONCE) {
        this.lookAgain = false;
        await this.takeWhatIsDue();
      }
    } catch (error) {
      this.logger.error(`Looking for due events failed and goes on in ${LOOK_EVERY_MS} ms: ${String(error)}`);
    } finally {
      this.looking = undefined;
    }
  }

  private async takeWhatIsDue(): Promise<void> {
    if (!(await this.claims.anyDue())) return;
    for (const claim of await this.claims.take(MOST_AT_ONCE - this.underWay.size))
      this.underWay.set(claim, this.handle(claim));
  }

  private async handle(claim: Claim): Promise<void> {
    try {
      await this.runner.run(claim);
    } catch (error) {
      this.logger.error(`Handling ${claim.event.id} could not be recorded; it is tried again: ${String(error)}`);
    } finally {
      this.underWay.delete(claim);
      this.wake();
    }
  }

  private async renewLeases(): Promise<void> {
    if (this.underWay.size === 0) return;
    await this.claims.renew([...this.underWay.keys()]).catch((error: unknown) => this.logger.error(error));
  }
}
