import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../../src/index.js';
import { WebhookReceiver } from './webhook-receiver.js';

type Options = Partial<Omit<SandboxOptions, 'stateFile' | 'forwardTo' | 'tls'>> & { tls?: boolean };

/** A sandbox on a state file of its own, the real SDK that talks to it and the endpoint it delivers to. */
export class SandboxUnderTest {
  private constructor(
    private readonly folder: string,
    private readonly options: SandboxOptions,
    readonly receiver: WebhookReceiver,
    private running: RunningSandbox,
    public stripe: Stripe,
  ) {}

  static async start({ tls = false, ...overrides }: Options = {}): Promise<SandboxUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const receiver = await WebhookReceiver.listen();
    const options = {
      port: 0,
      stateFile: join(folder, 'state', 'sandbox.db'),
      forwardTo: [receiver.url],
      retryDelaysMs: [20],
      ...(tls && { tls: { port: 0, folder: join(folder, 'tls') } }),
      ...overrides,
    };
    const running = await startSandbox(options);
    receiver.secret = running.webhookSecret;
    return new SandboxUnderTest(folder, options, receiver, running, client(running.port));
  }

  get sandbox(): RunningSandbox {
    return this.running;
  }

  get stateFile(): string {
    return this.options.stateFile;
  }

  /** Stops and starts again on the same state file, `meanwhile` being done in between. */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    await this.running.close();
    meanwhile();
    this.running = await startSandbox(this.options);
    this.stripe = client(this.running.port);
  }

  async stop(): Promise<void> {
    await this.running.close();
    await this.receiver.close();
    await rm(this.folder, { recursive: true });
  }
}

export function client(port: number, key = 'sk_test_sandbox'): Stripe {
  return new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });
}
