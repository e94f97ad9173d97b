import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import Stripe from 'stripe';
import { eventually } from './support/eventually.js';
import { WebhookReceiver } from './support/webhook-receiver.js';

const execute = promisify(execFile);
const PACKAGE = join(import.meta.dirname, '..');
const INSTALLED = join(PACKAGE, '../../node_modules');

/** A folder with nothing but the packed package, and what its package.json names from where it was installed before. */
describe('the packed command, in an empty folder', () => {
  let folder: string;
  let command: string;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-stripe-'));
    const home = join(folder, 'node_modules', 'local-stripe');
    // Without scripts: what is built must not change under the tests that run beside this one.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    await execute('npm', pack, { cwd: PACKAGE, shell: process.platform === 'win32' });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    await mkdir(home, { recursive: true });
    await execute('tar', ['-xzf', String(tarball), '-C', home, '--strip-components=1'], { cwd: folder });
    const { bin, dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    command = join(home, bin['local-stripe']);
    for (const name of Object.keys(dependencies)) {
      const link = join(folder, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(INSTALLED, name), link);
    }
  });
  afterEach(async () => {
    for (const child of running.splice(0)) {
      child.kill('SIGKILL');
      await new Promise((resolve) =>
        child.exitCode === null && !child.signalCode ? child.once('exit', resolve) : resolve(0),
      );
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const answer = async (...args: string[]) =>
    execute(process.execPath, [command, ...args], { cwd: folder }).then(
      ({ stdout }) => ({ status: 0, stdout, stderr: '' }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        status: code,
        stdout,
        stderr,
      }),
    );
  const start = async (...args: string[]) => {
    // None of the shop's settings counts here.
    const env = { ...process.env, SANDBOX_PORT: '1', STRIPE_SECRET_KEY: 'sk_live_1', DOMAIN_URL: 'nowhere' };
    const child = spawn(process.execPath, [command, '--port', '0', ...args], { cwd: folder, env });
    running.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const [, port = ''] = await eventually(() => /listens at http:\/\/localhost:(\d+)/.exec(said) ?? undefined, said);
    const stripe = new Stripe('sk_test_1', { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
    return { child, stripe, url: `http://localhost:${port}`, said: () => said };
  };

  it('packs what runs, and neither sources nor tests', async () => {
    const files = (await readdir(join(folder, 'node_modules/local-stripe'), { recursive: true })).map(String);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']));
    expect(files.filter((name) => /(^|\/)(src|test)\/|\.spec\.|[^d]\.ts$/.test(name))).toEqual([]);
  });

  it('answers the API, shows its page, keeps its state, and ends in order', async () => {
    const first = await start();
    expect(first.said()).toMatch(/STRIPE_API_BASE=http:\/\/localhost:\d+\n\s+STRIPE_WEBHOOK_SECRET=whsec_\w+/);
    await first.stripe.products.create({ name: 'Book' });
    expect(await (await fetch(first.url)).text()).toContain('It delivers no events');
    first.child.kill('SIGTERM');
    expect(await new Promise((resolve) => first.child.once('exit', resolve))).toBe(0);

    const second = await start();
    expect((await second.stripe.products.list()).data).toMatchObject([{ name: 'Book' }]);
    expect(await readdir(join(folder, '.local-stripe'))).toContain('state.db');
  });

  it('forwards to every address, with the secret it is given, and seeds; in memory it keeps nothing', async () => {
    const receivers = [await WebhookReceiver.listen(), await WebhookReceiver.listen()];
    const secret = 'whsec_given';
    const seed = join(PACKAGE, 'test/fixtures/catalog.json');
    for (const receiver of receivers) receiver.secret = secret;
    const [one = '', two = ''] = receivers.map(({ url }) => url);
    const forwarding = ['--forward-to', one, '--forward-to', two.replace('http://', ''), '--webhook-secret', secret];
    const { said, stripe } = await start('--memory', '--seed', seed, ...forwarding);
    for (const receiver of receivers) await receiver.event('price.created');
    expect((await stripe.products.list()).data).toHaveLength(1);
    expect(said()).not.toContain(secret);
    for (const receiver of receivers) await receiver.close();
  });

  it('says how to be reached as api.stripe.com', async () => {
    const { said } = await start('--memory', '--tls', '--tls-port', '0');
    expect(said()).toContain('127.0.0.1 api.stripe.com');
    expect(said()).toMatch(/NODE_EXTRA_CA_CERTS=\S+\.local-stripe\/tls\/certificate\.pem/);
  });

  it('has a help and a version', async () => {
    expect(await answer('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--forward-to URL') });
    expect((await answer('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['--port', '70000'], '--port takes a port from 0 to 65535, not 70000'],
    [['--forward-to', 'http://'], '--forward-to takes an address'],
    [['--memory', '--state', 'x.db'], '--memory and --state exclude each other'],
    [['--nope'], "Unknown option '--nope'"],
    [['serve'], "Unexpected argument 'serve'"],
    [['--port', '0', '--memory', '--seed', 'nowhere.json'], 'The fixture file nowhere.json cannot be used'],
  ])('refuses %s with a line that says why', async (args, why) => {
    const { status, stderr } = await answer(...args);
    expect({ status, why: stderr.includes(why) && !/^\s+at /m.test(stderr) ? why : stderr }).toEqual({
      status: 1,
      why,
    });
  });
});
