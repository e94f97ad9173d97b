import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlSandbox } from './ask-stripe.js';
import { freePort } from './ports.js';
import { cliJson } from './cli.js';
import { misbehave } from './misbehaviour.js';
import { NodeProcess, type Settings } from './node-process.js';

/** A payment as the command line prints it; see `payments list --json`. */
export interface PaymentJson {
  checkoutSessionId: string;
  status: string;
  history: { from: string | null; to: string; cause: string }[];
}

/** The product as people run it: built, in a process of its own, on a data folder that outlives the process. */
export class ShopProcess {
  readonly url: string;
  /** Where the sandbox is: in the app's own process, unless the settings say where Stripe is. */
  readonly sandboxUrl: string;
  private running: NodeProcess | undefined;

  private constructor(
    readonly settings: Settings,
    private readonly folder: string,
  ) {
    this.url = settings.DOMAIN_URL ?? '';
    this.sandboxUrl = `http://localhost:${settings.SANDBOX_PORT}`;
  }

  /** A shop that is not open yet, on a new folder and ports of its own. */
  static async create(): Promise<ShopProcess> {
    const [port, sandboxPort] = await Promise.all([freePort(), freePort()]);
    const folder = mkdtempSync(join(tmpdir(), 'nsb-browser-'));
    const settings = {
      PORT: `${port}`,
      SANDBOX_PORT: `${sandboxPort}`,
      DOMAIN_URL: `http://localhost:${port}`,
      DATABASE_URL: `sqlite:${join(folder, 'shop.db')}`,
    };
    return new ShopProcess(settings, folder);
  }

  async start(more: Settings = {}): Promise<void> {
    this.running = new NodeProcess('dist/main.js', { ...this.settings, ...more });
    await this.running.hasPrinted(/Ready: open http/);
    await misbehave(this.sandboxUrl);
  }

  /** Gives the exit status: null after a SIGKILL. The data stay, for the next start. */
  async stop(signal?: NodeJS.Signals): Promise<number | null> {
    return (await this.running?.stop(signal)) ?? null;
  }

  /** Ends the process, however it is doing, and deletes its data. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Every payment, newest first, from the command line beside the running app. */
  async payments(): Promise<PaymentJson[]> {
    return (await this.cli<{ payments: PaymentJson[] }>('payments', 'list')).payments;
  }

  /** How many events of a type were stored and handled to the end. */
  async handledEvents(type: string): Promise<number> {
    return (await this.cli<{ total: number }>('events', 'list', '--type', type, '--status', 'done')).total;
  }

  async holdWebhooks(): Promise<void> {
    await controlSandbox(this.sandboxUrl, 'webhooks/hold');
  }

  async releaseWebhooks(): Promise<void> {
    await controlSandbox(this.sandboxUrl, 'webhooks/release');
  }

  private async cli<T>(...words: string[]): Promise<T> {
    return (await cliJson(this.settings, ...words)) as T;
  }
}

/** The local Stripe in a process of its own: what `npm run sandbox` runs. */
export class SandboxProcess {
  private constructor(
    private readonly running: NodeProcess,
    /** The settings that it prints for the app. */
    readonly settingsForApp: Settings,
  ) {}

  static async start(settings: Settings): Promise<SandboxProcess> {
    const running = new NodeProcess('scripts/sandbox.mjs', settings);
    try {
      const output = await running.hasPrinted(/STRIPE_WEBHOOK_SECRET=\S+\n/);
      const lines = output.matchAll(/^\s+(STRIPE_\w+)=(\S+)$/gm);
      return new SandboxProcess(running, Object.fromEntries([...lines].map(([, name, value]) => [name, value])));
    } catch (error) {
      await running.stop('SIGKILL');
      throw error;
    }
  }

  stop(): Promise<number | null> {
    return this.running.stop();
  }
}
