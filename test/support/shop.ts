import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLogger, type ExecutionContext, type ModuleMetadata, type Provider } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { Request } from 'express';
import { AppModule } from '../../src/app.module.js';
import { SessionUserGuard } from '../../src/auth/user.js';
import { CatalogBoot } from '../../src/billing/catalog/catalog-boot.service.js';
import { CATALOG, type CatalogItem } from '../../src/billing/catalog/catalog.js';
import { loadEnv } from '../../src/config/env.js';
import { withSandbox } from '../../src/config/development.js';
import { configureApp } from '../../src/bootstrap/create-app.js';
import { listen, type RequestTimes, TimedExpressAdapter } from '../../src/bootstrap/http-server.js';
import { type RunningSandbox, type SandboxOptions, startSandbox } from 'local-stripe';
import { Customer } from './customer.js';
import { freePort } from './ports.js';
import { MISBEHAVIOUR } from './misbehaviour.js';
import { freshDatabase } from './fresh-database.js';

/** The whole product in this process: the real app, the real wire, the sandbox for Stripe. */
export interface Shop {
  app: NestExpressApplication;
  sandbox: RunningSandbox;
  url: string;
  /** The settings that lead another process to the same database and the same sandbox. */
  settings: Record<string, string>;
  /** A browser of its own, logged in as this address. */
  customer(email?: string): Customer;
  stop(): Promise<void>;
}

export interface ShopOptions {
  /** Sold instead of the demo product. */
  catalog?: CatalogItem[];
  settings?: Record<string, string>;
  sandbox?: Partial<SandboxOptions>;
  /** Modules besides the app's own. */
  modules?: ModuleMetadata['imports'];
  /** Event handlers of the test's own. */
  handlers?: Provider[];
  /** Signing secrets that are taken besides the sandbox's. */
  webhookSecrets?: string[];
  requestTimes?: RequestTimes;
  /** Last changes to the module, as Nest's own tests make them. */
  override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

/** `TEST_LOG=1` shows what the app says. */
const silent = new ConsoleLogger({ logLevels: [] });

/** Who a test's browser is, instead of the stub user: a header says it. */
const userFromHeader = {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const email = request.get('x-test-user') ?? 'customer@example.com';
    Object.assign(request, { user: { id: email, email, emailVerified: true } });
    return true;
  },
};

export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-shop-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const sandbox = await startSandbox({
    port: 0,
    stateFile: join(folder, 'sandbox.db'),
    forwardTo: [`${url}/webhook`],
    bankDebitDelayMs: 50,
    refundFailureDelayMs: 50,
    retryDelaysMs: [50],
    faults: MISBEHAVIOUR,
    ...options.sandbox,
  });
  const database = await freshDatabase(folder);
  const settings = { NODE_ENV: 'test', PORT: String(port), DOMAIN_URL: url, DATABASE_URL: database.url };
  const env = withSandbox(loadEnv({ ...settings, ...options.settings }, '/nowhere/.env'), sandbox);
  const { stripe } = env;
  const webhookSecrets = [...(options.webhookSecrets ?? []), sandbox.webhookSecret];
  const app = await buildApp(AppModule.forRoot(env.with({ stripe: stripe && { ...stripe, webhookSecrets } })), options);
  await listen(app, env);
  await app.get(CatalogBoot).tried;
  return {
    app,
    sandbox,
    url,
    settings: { ...settings, SANDBOX_PORT: String(sandbox.port) },
    customer: (email = 'customer@example.com') => new Customer(url, email),
    stop: async () => {
      await app.close();
      await sandbox.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function buildApp(
  module: ReturnType<typeof AppModule.forRoot>,
  { catalog, modules = [], handlers = [], requestTimes, override = (builder) => builder }: ShopOptions,
): Promise<NestExpressApplication> {
  let builder = Test.createTestingModule({ imports: [module, ...modules], providers: handlers })
    .overrideProvider(SessionUserGuard)
    .useValue(userFromHeader);
  if (catalog) builder = builder.overrideProvider(CATALOG).useValue(catalog);
  const testing = await override(builder)
    .setLogger(process.env.TEST_LOG ? new ConsoleLogger() : silent)
    .compile();
  const app = testing.createNestApplication<NestExpressApplication>(new TimedExpressAdapter(requestTimes), {
    bodyParser: false,
  });
  await configureApp(app);
  return app;
}
