/** Calls by key: who asks for the same while one is under way gets its answer, and so does who asks soon after. */
export class SharedCalls<T> {
  private readonly calls = new Map<string, Promise<T>>();

  /** @param keptMs how long an answer, or a failure, is given again after it came, in ms; not at all where left out */
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
