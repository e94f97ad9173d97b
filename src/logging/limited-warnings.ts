import { Global, Injectable, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';

/** How long the first of a kind waits for others that come with it, ms, so that a burst is one line with its count. */
const GATHER_MS = 1_000;
/** The least time between two lines of a kind, ms. */
const BETWEEN_LINES_MS = 60_000;
/** Of more than this in one line, the others are only counted. */
const MOST_IDS = 20;

/** Something worth a warning that anybody can cause as often as they like. */
export interface LimitedWarning {
  /** Where in the app: the name that the line carries, such as Webhook. */
  context: string;
  /** What is counted together. From a fixed set of words, never from a request. */
  kind: string;
  /** Says what happened and what to do; of several, the last one is written. */
  message: string;
  /** Tells this one from others of its kind, such as a request's id: several are named in the one line. */
  id?: string;
}

interface Kind {
  /** Since the app started. */
  total: number;
  /** Not written yet. */
  waiting: { count: number; last: LimitedWarning; ids: string[] } | undefined;
  /** Runs while the next line of this kind has to wait. */
  timer: NodeJS.Timeout | undefined;
}

/** Writes at most one line a minute for each kind of warning, with how often it happened: a flood of requests is no flood of lines. */
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

  /** How often each kind happened since the app started. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.kinds].map(([name, { total }]) => [name, total]));
  }

  /** Writes what waits: nobody would later. */
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
    new Logger(last.context).warn(
      `${last.message} (${count} ${count === 1 ? 'time' : 'times'}, ${kind.total} since start${named})`,
    );
  }
}

@Global()
@Module({ providers: [LimitedWarnings], exports: [LimitedWarnings] })
export class LoggingModule {}
