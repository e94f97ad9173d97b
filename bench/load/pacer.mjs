import { setTimeout } from 'node:timers/promises';

/** Gives a closed loop room as the backlog shrinks: as much comes in as is handled. */
export class Pacer {
  constructor(loop, backlog, mostWaiting) {
    Object.assign(this, { loop, backlog, mostWaiting });
  }

  start() {
    this.loop.room = 0;
    this.running = true;
    this.ended = this.pace();
  }

  async stop() {
    this.running = false;
    await this.ended;
  }

  async pace() {
    for (; this.running; await setTimeout(this.backlog.lookEveryMs)) {
      const pending = await this.backlog.pending();
      this.loop.room = this.mostWaiting - pending - this.loop.underWay; // counts some twice: rather too little than too much
      this.loop.sendMore();
    }
  }

  /** Waits until nothing is left to handle. */
  async drained(longestMs) {
    for (const end = Date.now() + longestMs; Date.now() < end; await setTimeout(this.backlog.lookEveryMs))
      if ((await this.backlog.pending()) === 0) return;
    throw new Error(`${await this.backlog.pending()} events were still not handled ${longestMs} ms after the load`);
  }
}
