import { Global, Injectable, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';

/** Delay of the first line of a kind, ms, so that a burst becomes one line with its count. */
const GATHER_MS = 1_000;
/** Minimum time between two lines of a kind, ms. */
const BETWEEN_LINES_MS = 60_000;
/** Ids listed in one line; further ones are only counted. */
const MOST_IDS = 20;

/** A warning that clients can cause any number of times. */
export interface LimitedWarning {
  /** The logger's name in the line, such as Webhook. */
  context: string;
  /** Warnings of one kind are counted together. From a fixed set, never from a request: each kind is kept in memory. */
  kind: string;
  /** What happened and what to do. Of several warnings the last message is written. */
  message: string;
  /** Such as the request's id. A line lists up to 20. */
  id?: string;
  /** Further lines, such as a stack. */
  details?: string | undefined;
}

interface Kind {
  /** Since the app started. */
  total: number;
  /** Not written yet. */
  waiting: { count: number; last: LimitedWarning; ids: string[] } | undefined;
  /** Runs while the next line of this kind has to wait. */
  timer: NodeJS.Timeout | undefined;
}

/** Writes at most one line a minute for each kind of warning, with its count, so that a flood of requests does not flood the log. */
@Injectable()
export class LimitedWarnings implements OnApplicationShutdown {
  private readonly kinds = new Map<string, Kind>();

  warn(warning: LimitedWarning): void {
    const kind = this.kindOf(warning.kind);
    kind.total++;
    const { count, ids } = kind.waiting ?? { count: 0, ids: [] as string[] };
    if (warning.id && ids.length < MOST_IDS) ids.push(warning.id);
    kind.waiting = { count: count + 1, last: warning, ids };
    kind.timer ??= setTimeout(() => this.write(kind), GATHER_MS).unref();
  }

  /** By kind, the number of warnings since the app started. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.kinds].map(([name, { total }]) => [name, total]));
  }

  /** Writes the lines that are still delayed. */
  onApplicationShutdown(): void {
    for (const kind of this.kinds.values()) {
      this.write(kind);
      clearTimeout(kind.timer);
    }
  }

  private kindOf(name: string): Kind {
    let kind = this.kinds.get(name);
    if (!kind) this.kinds.set(name, (kind = { total: 0, waiting: undefined, timer: undefined }));
    return kind;
  }

  private write(kind: Kind): void {
    clearTimeout(kind.timer);
    kind.timer = undefined;
    if (!kind.waiting) return;
    const { count, last, ids } = kind.waiting;
    const named = ids.length > 0 ? `; ${ids.join(', ')}` : '';
    kind.waiting = undefined;
    kind.timer = setTimeout(() => this.write(kind), BETWEEN_LINES_MS).unref();
    const times = `${count} ${count === 1 ? 'time' : 'times'}, ${kind.total} since start${named}`;
    new Logger(last.context).warn(`${last.message} (${times})${last.details ? `\n${last.details}` : ''}`);
  }
}

@Global()
@Module({ providers: [LimitedWarnings], exports: [LimitedWarnings] })
export class LoggingModule {}
