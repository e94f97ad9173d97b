import { join } from 'node:path';
import { type RunningSandbox, type SandboxOptions, startSandbox } from 'local-stripe';
import { Customer } from '../../support/customer.js';
import { StripeProxy } from './stripe-proxy.js';

/** Where customers go, and where state may be kept. */
interface Shop {
  url: string;
  folder: string;
}

/** The local Stripe in the test's own process, which outlives the app, and the wire between the two. */
export class StripeOutside {
  private constructor(
    private readonly app: Shop,
    readonly sandbox: RunningSandbox,
    readonly proxy: StripeProxy,
  ) {}

  static async startFor(app: Shop, options: Partial<SandboxOptions> = {}): Promise<StripeOutside> {
    const stateFile = join(app.folder, 'sandbox.db');
    const sandbox = await startSandbox({ port: 0, stateFile, retryDelaysMs: [50], ...options });
    return new StripeOutside(app, sandbox, await StripeProxy.start(sandbox.port));
  }

  /** What leads the app here. The secret is the tests' own, since it is they who send events. */
  get settings(): { STRIPE_API_BASE: string } {
    return { STRIPE_API_BASE: this.proxy.url };
  }

  customer(): Customer {
    return new Customer(this.app.url, 'customer@example.com');
  }

  async stop(): Promise<void> {
    this.proxy.close();
    await this.sandbox.close();
  }
}
