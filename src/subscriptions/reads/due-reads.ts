import type { StripeRead } from './stripe-read.entity.js';
import { RecurringTask } from '../../time/recurring-task.js';

/** Which object is to be read. */
export type ReadKey = Pick<StripeRead, 'kind' | 'id'>;

export interface DueReadsOptions {
  /** Objects whose read is due, the one that waits longest first. */
  due: (limit: number) => Promise<readonly ReadKey[]>;
  /** Reads one of them. Gives whether that, or its failure, is stored; where not, it is read again in the next period. Must not reject. */
  read: (key: ReadKey) => Promise<boolean>;
}

const PERIOD_MS = 1_000;
/** After an event was handled, its transaction is committed within this time, usually. Otherwise the next period finds it. */
const WAKE_MS = 25;
const READS_AT_ONCE = 4;
/** How long a stopping app waits for the reads that are under way, ms. */
const SHUTDOWN_TIMEOUT_MS = 2_000;

/** Reads what is due in the background: a few objects side by side, no object twice at once, nothing more once it is stopped. */
export class DueReads {
  private readonly task = new RecurringTask({ name: 'Reading of subscriptions', periodMs: PERIOD_MS }, () =>
    this.run(),
  );
  private readonly active = new Map<string, Promise<void>>();
  private running: Promise<void> | undefined;
  /** More may be due than the last look has found. */
  private mayBeDue = false;
  private interrupt: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private started = false;

  constructor(private readonly options: DueReadsOptions) {}

  get isStopped(): boolean {
    return this.task.isStopped;
  }

  /** From now on it looks once a second, and soon after each `wake`. */
  start(): void {
    if (this.isStopped) return;
    this.started = true;
    this.task.start();
  }

  /** No read begins afterwards. Resolves when those under way have ended, or after two seconds. */
  async stop(): Promise<void> {
    this.task.stop();
    clearTimeout(this.timer);
    this.interrupt();
    let timeout: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (timeout = setTimeout(resolve, SHUTDOWN_TIMEOUT_MS)));
    await Promise.race([Promise.all(this.active.values()), tooLong]);
    clearTimeout(timeout);
  }

  /** Something becomes due about now. Does nothing before `start`, such as in the command line. */
  wake(): void {
    if (!this.started || this.isStopped || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.task.runNow();
    }, WAKE_MS);
  }

  /** Reads all that is due. A call while it is running makes it look once more, and resolves with it. */
  run(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    this.mayBeDue = true;
    this.interrupt();
    this.running ??= this.readAll();
    return this.running;
  }

  private async readAll(): Promise<void> {
    try {
      for (;;) {
        const free = READS_AT_ONCE - this.active.size;
        if (this.mayBeDue && free > 0 && !this.isStopped) await this.begin(free);
        else if (this.active.size > 0) await this.nextChange();
        else return;
      }
    } finally {
      this.running = undefined; // at once: a call of `run` from here on begins anew
    }
  }

  private async begin(free: number): Promise<void> {
    this.mayBeDue = false;
    const due = await this.options.due(READS_AT_ONCE);
    for (const key of due.filter((one) => !this.active.has(nameOf(one))).slice(0, free)) {
      if (this.isStopped) return;
      this.mayBeDue = true;
      const reading = this.options.read(key).then((isStored) => {
        this.active.delete(nameOf(key));
        this.mayBeDue ||= isStored; // it may have changed while it was read
      });
      this.active.set(nameOf(key), reading);
    }
  }

  /** Until a read ends, or something else becomes due. */
  private async nextChange(): Promise<void> {
    const interrupted = new Promise<void>((resolve) => (this.interrupt = resolve));
    await Promise.race([...this.active.values(), interrupted]);
  }
}

const nameOf = ({ kind, id }: ReadKey): string => `${kind} ${id}`;
