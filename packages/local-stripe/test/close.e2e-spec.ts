import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { startSandbox } from '../src/index.js';

/** An app that has a local Stripe in its process ends after this time at the latest, ms; headers may take longer. */
const LONGEST_STOP_MS = 9_500;

describe('a local Stripe that closes', () => {
  it('does not wait for connections on which nothing was ever sent, as browsers open them, nor for idle ones', async () => {
    const sandbox = await startSandbox({ port: 0, stateFile: ':memory:' });
    const unused = connect(sandbox.port, '127.0.0.1');
    await once(unused, 'connect');
    const agent = new Agent({ keepAlive: true });
    const asked = request({ host: '127.0.0.1', port: sandbox.port, path: '/', agent }).end();
    const [answer] = await once(asked, 'response');
    const closing = performance.now();
    const closed = sandbox.close();
    answer.resume();
    await closed;
    expect(performance.now() - closing).toBeLessThan(LONGEST_STOP_MS);
    agent.destroy();
    unused.destroy();
  });
});
