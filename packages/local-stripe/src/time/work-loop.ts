import { runWithClock, nowMs, type Clock } from './clock.js';

/** The longest wait that setTimeout takes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const WAIT_AFTER_FAILURE_MS = 1000;

/** Does one piece of work when it is due, when told to look, and never twice at once. */
export class WorkLoop {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private wokenMeanwhile = false;
  private stopped = false;

  /** `work` does what is due and returns when to come back, in ms by the clock it goes by; undefined: when drained. */
  constructor(
    private readonly clock: Clock,
    private readonly work: () => Promise<number | undefined>,
    private readonly log: (line: string) => void,
  ) {}

  wake(): void {
    if (this.stopped) return;
    if (this.working) {
      this.wokenMeanwhile = true;
      return;
    }
    clearTimeout(this.timer);
    this.working = runWithClock(this.clock, () => this.doWork()).finally(() => {
      this.working = undefined;
      if (!this.wokenMeanwhile) return;
      this.wokenMeanwhile = false;
      this.wake();
    });
  }

  /** Resolves when what is due now has been done. */
  async drained(): Promise<void> {
    this.wake();
    while (this.working) await this.working;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private async doWork(): Promise<void> {
    const dueAtMs = await this.work().catch((error: unknown) => {
      this.log(`trying again in a second: ${String(error)}`);
      return nowMs() + WAIT_AFTER_FAILURE_MS;
    });
    if (dueAtMs === undefined || this.stopped) return;
    const waitMs = Math.min(Math.max(dueAtMs - nowMs(), 0), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.wake(), waitMs);
  }
}
