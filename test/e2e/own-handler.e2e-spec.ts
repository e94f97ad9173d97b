import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { freePort } from '../support/ports.js';
import { NodeProcess, type Settings } from '../support/node-process.js';
import { WebhookSender } from '../support/webhook-sender.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SECRET = 'whsec_of_a_test';
const NAME = 'GrantAccess';
const HANDLER = `import { Injectable, Logger } from '@nestjs/common';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';

@Injectable()
@HandlesStripeEvent('invoice.payment_succeeded')
export class ${NAME} implements StripeEventHandler<'invoice.payment_succeeded'> {
  async apply(event: StripeEventOf<'invoice.payment_succeeded'>): Promise<void> {
    new Logger('Access').log(\`granted to \${String(event.data.object.customer)}\`);
  }
}
`;

/** A copy of the built app, since this one is what other tests run. That a wrong event does not compile is in handler-registry.spec.ts. */
describe('a handler of the adopter', () => {
  let project: string;
  let settings: Settings;
  let app: NodeProcess;
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'nsb-own-handler-'));
    for (const path of ['dist', 'views', 'package.json'])
      cpSync(join(ROOT, path), join(project, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    const [port, closedPort] = await Promise.all([freePort(), freePort()]);
    settings = {
      PORT: `${port}`,
      DOMAIN_URL: `http://localhost:${port}`,
      DATABASE_URL: `sqlite:${join(project, 'shop.db')}`,
      STRIPE_SECRET_KEY: 'sk_test_nobody_listens',
      STRIPE_API_BASE: `http://localhost:${closedPort}`,
      STRIPE_WEBHOOK_SECRET: SECRET,
    };
    app = await start();
  });
  afterAll(async () => {
    await app.stop('SIGKILL');
    rmSync(project, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async () => {
    const started = new NodeProcess(join(project, 'dist/main.js'), settings, { cwd: project });
    await started.hasPrinted(/Ready: open http/);
    return started;
  };
  const send = async (customer: string) =>
    (await new WebhookSender(settings.DOMAIN_URL ?? '', SECRET).send(anInvoicePaid(customer))).status;

  it('takes the next event, with one file and one line in its module', async () => {
    expect(await send('cus_before')).toBe(200);
    await app.stop();

    writeFileSync(join(project, 'dist/payments/handlers/grant-access.handler.js'), compiled(HANDLER));
    const module = join(project, 'dist/payments/payments.module.js');
    const withHandler = readFileSync(module, 'utf8').replace(
      'const eventHandlers = [',
      `import { ${NAME} } from './handlers/grant-access.handler.js';\nconst eventHandlers = [\n  ${NAME},`,
    );
    writeFileSync(module, withHandler);

    app = await start();
    expect(await send('cus_after')).toBe(200);
    expect(await app.hasPrinted(/granted to cus_after/)).not.toContain('granted to cus_before');
  });
});

/** As the build compiles it, an ES module with the metadata of its decorators; its types are not checked. */
function compiled(source: string): string {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return ts.transpileModule(source, { compilerOptions: { ...options, module: ts.ModuleKind.ES2022 } }).outputText;
}

let sent = 0;
const anInvoicePaid = (customer: string) => ({
  id: `evt_own_handler_${++sent}`,
  object: 'event',
  type: 'invoice.payment_succeeded',
  created: Math.floor(Date.now() / 1_000),
  livemode: false,
  data: { object: { id: `in_${sent}`, object: 'invoice', customer } },
});
