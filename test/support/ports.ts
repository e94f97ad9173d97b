import { connect, createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: Linux begins at 32768. */
const FIRST = 20_000;
/** Each of Jest's workers has ports of its own: two that find the same one free would both take it, seconds later. */
const [WORKERS, PORTS_OF_EACH] = [80, 150];
const firstOfMine = FIRST + (Number(process.env.JEST_WORKER_ID ?? 0) % WORKERS) * PORTS_OF_EACH;
let next = Math.floor(Math.random() * PORTS_OF_EACH);

/**
 * A free port that stays free while the app is down. One of those that `listen(0)` gives may become the port of somebody's
 * outgoing connection meanwhile, even of the very one that looks whether the app is there again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstOfMine + (next++ % PORTS_OF_EACH);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });

/** Whether nobody listens on the port. */
export const refusesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.once('error', () => resolve(true));
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });
