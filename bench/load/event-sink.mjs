import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const MAX_WAIT_MS = 60_000;

/** An endpoint that answers 200 to everything and counts. */
export class EventSink {
  received = 0;
  #server = createServer((request, response) => {
    request.resume().once('end', () => {
      this.received++;
      response.end();
    });
  });

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  async has(count) {
    for (const end = Date.now() + MAX_WAIT_MS; this.received < count; await setTimeout(5))
      if (Date.now() > end) throw new Error(`${this.received} events came, of ${count}`);
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
