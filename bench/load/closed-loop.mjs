import { setTimeout } from 'node:timers/promises';
import { Connection } from './connection.mjs';

/** More refusals than this are no measurement. */
const MAX_FAILURES = 100;
const MAX_ANSWER_MS = 10_000;

/** Every connection sends its next delivery as soon as the last one is answered, as far as `capacity` allows. */
export class ClosedLoop {
  /** How many more may be sent. A pacer lowers it. */
  capacity = Infinity;
  inFlight = 0;
  /** Numbers of the deliveries that were answered 200, in all runs. */
  acknowledged = [];
  failures = 0;

  constructor(requests, { port, others = [], connections }) {
    this.requests = requests;
    const onAnswer = (connection, status) => this.onAnswer(connection, status);
    const ports = [port, ...others];
    this.idle = Array.from({ length: connections }, (_, at) => new Connection(ports[at % ports.length], onAnswer));
  }

  async open() {
    await Promise.all(this.idle.map((connection) => connection.open()));
  }

  close() {
    for (const connection of this.idle) connection.close();
  }

  /** Sends for `ms`, then waits for what is in flight. Returns the latency of each answer that came in time, ms. */
  async run(ms) {
    this.latenciesMs = [];
    this.endsAt = performance.now() + ms;
    this.sendMore();
    await setTimeout(ms);
    for (const end = Date.now() + MAX_ANSWER_MS; this.inFlight > 0; await setTimeout(1))
      if (Date.now() > end) throw new Error(`${this.inFlight} deliveries had no answer after ${MAX_ANSWER_MS} ms`);
    if (this.failures > MAX_FAILURES)
      throw new Error(`${this.failures} deliveries were not taken; the last was answered ${this.lastFailure}`);
    return this.latenciesMs;
  }

  sendMore() {
    if (performance.now() >= this.endsAt || this.failures > MAX_FAILURES) return;
    while (this.capacity > 0 && this.idle.length > 0) {
      const connection = this.idle.shift(); // the longest idle one, so that none is closed for being idle
      this.capacity--;
      this.inFlight++;
      connection.number = this.requests.given;
      const request = this.requests.next();
      connection.sentAt = performance.now();
      connection.send(request);
    }
  }

  onAnswer(connection, status) {
    const now = performance.now();
    this.inFlight--;
    this.idle.push(connection);
    if (status === 200) {
      this.acknowledged.push(connection.number);
      if (now < this.endsAt) this.latenciesMs.push(now - connection.sentAt);
    } else {
      this.failures++;
      this.lastFailure = status;
    }
    this.sendMore();
  }
}
