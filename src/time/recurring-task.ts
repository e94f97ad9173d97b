/** Looks at something at once and every so often from then on, never twice at the same time. */
export class RecurringTask {
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<unknown> | undefined;
  private stopped = false;

  get isStopped(): boolean {
    return this.stopped;
  }

  /** @param look must not reject: nobody hears of it */
  begin(everyMs: number, look: (isFirst: boolean) => Promise<unknown>): void {
    const lookUnlessUnderWay = (isFirst: boolean) => {
      this.underWay ??= look(isFirst).finally(() => (this.underWay = undefined));
    };
    lookUnlessUnderWay(true);
    this.timer = setInterval(() => lookUnlessUnderWay(false), everyMs);
  }

  /** What is under way is not waited for. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }
}
