import { runWithClock, nowMs, type Clock } from '../model/clock.js';

/** The longest delay of setTimeout. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const WAIT_AFTER_FAILURE_MS = 1000;

/** Runs `work` whenever it is due or woken, never concurrently. */
export class WorkLoop {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private wokenMeanwhile = false;
  private stopped = false;

  /** `work` does what is due and returns when to run again, in ms by `clock`; undefined waits for `wake`. */
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

  /** Wakes it, and resolves when all that is due is done. */
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
