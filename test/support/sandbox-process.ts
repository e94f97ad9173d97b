import { NodeProcess, type Settings } from './node-process.js';

/** The local Stripe in a process of its own: what `npm run sandbox` runs. */
export class SandboxProcess {
  private constructor(
    private readonly running: NodeProcess,
    /** What it tells people to start the app with. */
    readonly settingsForApp: Settings,
  ) {}

  static async start(settings: Settings): Promise<SandboxProcess> {
    const running = new NodeProcess('scripts/sandbox.mjs', settings);
    try {
      const output = await running.says(/STRIPE_WEBHOOK_SECRET=\S+\n/);
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
