import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { loadEnv } from '../config/env.js';
import { listensOnLoopback, TwoAddressServer } from './http-server.js';

describe('the app', () => {
  const env = loadEnv({ NODE_ENV: 'development' }, '/nowhere/.env');

  it.each([
    [false, undefined, true],
    [false, 'localhost', true],
    [true, '127.0.0.1', true],
    [true, undefined, false],
    [false, '0.0.0.0', false],
    [false, '192.168.1.7', false],
  ])(
    'in production (%s), with LISTEN_HOST %s, is for this machine alone: %s [S10]',
    (production, listenHost, alone) => {
      expect(listensOnLoopback(env.with({ production, listenHost }))).toBe(alone);
    },
  );
});

describe('a server that closes', () => {
  it.each(['127.0.0.1', '::1'])(
    'does not wait for a connection to %s on which nothing was ever sent, as browsers open them, and answers what was asked',
    async (host) => {
      const limits = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 }; // without the mend it would wait forever
      const server = new TwoAddressServer(limits, (_request, response) => {
        server.close(() => closed.push('all'));
        setTimeout(() => response.end('answered'), 50);
      });
      const closed: string[] = [];
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await server.listenAlso('::1');
      const { port } = server.address() as AddressInfo;
      const unused = connect(port, host);
      if (await failsToConnect(unused)) return void server.close(); // no IPv6 here
      unused.resume();
      const gone = once(unused, 'close');
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('answered');
      await gone;
      while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  );
});

const failsToConnect = (socket: ReturnType<typeof connect>) =>
  once(socket, 'connect').then(
    () => false,
    () => true,
  );
