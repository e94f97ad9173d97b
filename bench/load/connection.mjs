import { once } from 'node:events';
import { connect } from 'node:net';

/** A kept-alive connection with one request under way at most. Reads as little of the answer as it can. */
export class Connection {
  /** What came of an answer that is not whole yet. */
  rest = '';
  waiting = false;

  /** @param {(connection: Connection, status: number) => void} onAnswer status 0: closed before an answer came */
  constructor(port, onAnswer) {
    this.port = port;
    this.onAnswer = onAnswer;
    this.buffer = Buffer.alloc(16_384);
  }

  async open() {
    this.connect();
    await once(this.socket, 'connect');
  }

  send(request) {
    if (this.socket.destroyed) this.connect();
    this.waiting = true;
    this.socket.write(request);
  }

  close() {
    this.socket.destroy();
  }

  connect() {
    const onread = { buffer: this.buffer, callback: (length) => this.read(length) };
    this.socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true, onread });
    this.socket.on('error', () => undefined); // 'close' follows
    this.socket.on('close', () => this.answered(0));
  }

  read(length) {
    const text = this.rest + this.buffer.latin1Slice(0, length);
    const bodyAt = text.indexOf('\r\n\r\n') + 4;
    if (bodyAt < 4 || text.length < bodyAt + contentLength(text)) this.rest = text;
    else this.answered(Number(text.slice(9, 12)));
    return true;
  }

  answered(status) {
    this.rest = '';
    if (!this.waiting) return;
    this.waiting = false;
    this.onAnswer(this, status);
  }
}

function contentLength(text) {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? [];
  if (length === undefined) throw new Error(`An answer without Content-Length:\n${text}`);
  return Number(length);
}
