import { setTimeout } from 'node:timers/promises';

/** Lets a closed loop send more only as the backlog shrinks, so that as much is accepted as is handled. */
export class Pacer {
  constructor(loop, backlog, maxPending) {
    Object.assign(this, { loop, backlog, maxPending });
  }

  start() {
    this.loop.capacity = 0;
    this.running = true;
    this.ended = this.pace();
  }

  async stop() {
    this.running = false;
    await this.ended;
  }

  async pace() {
    for (; this.running; await setTimeout(this.backlog.pollIntervalMs)) {
      const pending = await this.backlog.pending();
      this.loop.capacity = this.maxPending - pending - this.loop.inFlight; // some are counted twice; too few is better than too many
      this.loop.sendMore();
    }
  }

  /** Waits until nothing is left to handle. */
  async drained(timeoutMs) {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await setTimeout(this.backlog.pollIntervalMs))
      if ((await this.backlog.pending()) === 0) return;
    throw new Error(`${await this.backlog.pending()} events were still not handled ${timeoutMs} ms after the load`);
  }
}
