import { setTimeout } from 'node:timers/promises';

/** Gives a closed loop room as the backlog shrinks: as much comes in as is handled. */
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
      this.loop.capacity = this.maxPending - pending - this.loop.inFlight; // counts some twice: rather too little than too much
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
