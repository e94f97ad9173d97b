import { Logger } from '@nestjs/common';
import { machineNow } from './clock.js';

export interface RecurringTaskOptions {
  /** Says in the log what failed, such as `Session pruning`. */
  name: string;
  /** Time from the start of one run to the start of the next, ms. A run that takes longer is not run a second time beside itself. */
  periodMs: number;
  /** Whether it also runs at once when it is started. Defaults to true. */
  runAtStart?: boolean;
  /** Called with each error of a run, but not after `stop`. Defaults to an error line in the log. */
  onError?: (error: unknown) => void;
}

/** Work that is done again and again in the background: one run at a time, and a run that fails does not end it. */
export class RecurringTask {
  readonly name: string;
  readonly periodMs: number;
  /** When the last run was started; `undefined` before the first. */
  lastRunAt: Date | undefined;
  /** Why the last run that has ended failed; `undefined` where it succeeded. */
  lastError: unknown;
  isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  /** @param work one run. `isFirst`: the one at the start */
  constructor(
    private readonly options: RecurringTaskOptions,
    private readonly work: (isFirst: boolean) => Promise<unknown>,
  ) {
    this.name = options.name;
    this.periodMs = options.periodMs;
  }

  /** Call it once: when the app listens. */
  start(): void {
    if (this.isStopped) return;
    if (this.options.runAtStart ?? true) void this.run(true);
    this.timer = setInterval(() => void this.run(false), this.periodMs);
  }

  /** No run starts afterwards. One that is under way goes on and is not waited for. */
  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  /** A run besides those of the period, such as after something became due; none while one is under way. */
  runNow(): Promise<void> {
    return this.run(false);
  }

  private async run(isFirst: boolean): Promise<void> {
    if (this.running || this.isStopped) return;
    this.running = true;
    this.lastRunAt = machineNow();
    try {
      await this.work(isFirst);
      this.lastError = undefined;
    } catch (error) {
      this.lastError = error;
      if (!this.isStopped) (this.options.onError ?? this.logError)(error);
    } finally {
      this.running = false;
    }
  }

  private readonly logError = (error: unknown): void => {
    new Logger('Background').error(
      `${this.name} failed and runs again in ${this.periodMs / 1_000} s: ${String(error)}`,
    );
  };
}
