import { loadEnv } from '../config/env.js';
import { listensOnLoopback } from './http-server.js';

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
