/** Settles as `work` does, or rejects with `onTimeout()` after `ms`. `work` is not cancelled; what it settles with then is dropped. */
export async function withTimeout<T>(ms: number, work: Promise<T>, onTimeout: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls by key. Callers with the same key share one call while it is running, and its result for `keptMs` after. */
export class SharedCalls<T> {
  private readonly calls = new Map<string, Promise<T>>();

  /** @param keptMs how long a result or a failure is reused after the call ended, ms; defaults to 0: not at all */
  constructor(private readonly keptMs = 0) {}

  run(key: string, call: () => Promise<T>): Promise<T> {
    const known = this.calls.get(key);
    if (known) return known;
    const made = call().finally(() => this.forgetLater(key));
    this.calls.set(key, made);
    return made;
  }

  private forgetLater(key: string): void {
    if (this.keptMs === 0) this.calls.delete(key);
    else setTimeout(() => this.calls.delete(key), this.keptMs).unref();
  }
}
