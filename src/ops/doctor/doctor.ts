import type { INestApplicationContext } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { refuseStubInProduction, SessionUserGuard } from '../../auth/user.js';
import { type ReadEnv } from '../../config/load-env.js';
import type { Env } from '../../config/env.js';
import { withSandboxUnlessKey } from '../../config/development.js';
import { openToInspect } from '../../database/inspect.js';
import { StripeService } from '../../stripe/stripe.service.js';
import { databaseChecks, machineChecks } from './local.checks.js';
import { type Check, fault, type Finding, NotCheckedError, ok, runChecks } from './check.js';
import { outsideChecks } from './outside.checks.js';
import { stripeChecks } from './stripe.checks.js';

export interface Diagnosis {
  checks: Finding[];
  faults: number;
  warnings: number;
}

/** Creates the app's services on an empty database. */
type OpenApp = (env: Env) => Promise<INestApplicationContext>;

/** Checks whether the shop can sell: this machine, the database, Stripe, and the network between. Stores one ignored event, and changes nothing else. */
export async function diagnose(read: ReadEnv, openApp: OpenApp): Promise<Diagnosis> {
  const wrong = new Set(read.faults.map(({ name }) => name));
  const opened = read.env && new SharedResources(read.env, openApp);
  try {
    const checks = await runChecks([...machineChecks(read), ...(opened?.checks() ?? [])], wrong);
    const count = (status: Finding['status']) => checks.filter((each) => each.status === status).length;
    return { checks, faults: count('fault'), warnings: count('warning') };
  } finally {
    await opened?.close();
  }
}

/** Shared by several checks, and opened when the first one needs it. */
class SharedResources {
  private opening: Promise<INestApplicationContext> | undefined;
  private connecting: Promise<DataSource> | undefined;

  constructor(
    private readonly env: Env,
    private readonly openApp: OpenApp,
  ) {}

  checks(): Check[] {
    const hasKey = this.env.stripe !== undefined;
    const env = withSandboxUnlessKey(this.env);
    const app = () => this.appOrNotChecked();
    const database = () => this.database();
    const stripe = new StripeService(env);
    return [
      { name: 'app', needs: [], run: () => this.checkApp() },
      ...databaseChecks(database),
      ...stripeChecks({ env, hasKey, stripe, app, database }),
      ...outsideChecks(env, hasKey),
    ];
  }

  async close(): Promise<void> {
    const closing = [this.opening?.then((app) => app.close()), this.connecting?.then((source) => source.destroy())];
    await Promise.allSettled(closing); // one that failed to open has nothing to close
  }

  private app(): Promise<INestApplicationContext> {
    return (this.opening ??= this.openApp(this.env));
  }

  private database(): Promise<DataSource> {
    return (this.connecting ??= openToInspect(this.env));
  }

  private async checkApp() {
    try {
      const app = await this.app();
      refuseStubInProduction(app.get(SessionUserGuard), this.env);
      return ok('its parts fit together');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return fault(reason.replaceAll(/\s*\n\s*/g, ' '), 'Correct this, or the app does not start');
    }
  }

  private async appOrNotChecked(): Promise<INestApplicationContext> {
    try {
      return await this.app();
    } catch {
      throw new NotCheckedError('the app does not start', 'See "app"');
    }
  }
}
