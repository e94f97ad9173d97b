import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { NodeProcess, type Settings } from '../support/node-process.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SECRET = 'whsec_of_a_test';
/** Each build takes the compiler's time. */
const LONGEST_BUILD_MS = 180_000;
const NAME = 'GrantAccess';
const HANDLER = `import { Injectable, Logger } from '@nestjs/common';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';

@Injectable()
@HandlesStripeEvent('invoice.paid')
export class ${NAME} implements StripeEventHandler<'invoice.paid'> {
  async apply(event: StripeEventOf<'invoice.paid'>): Promise<void> {
    new Logger('Access').log(\`granted to \${String(event.data.object.customer)}\`);
  }
}
`;

describe('a handler that is added while `nest start --watch` runs', () => {
  let project: string;
  let settings: Settings;
  let watch: NodeProcess;

  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'nsb-own-handler-'));
    for (const path of ['src', 'views', 'package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'])
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
    watch = new NodeProcess(join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), settings, {
      args: ['start', '--watch'],
      cwd: project,
    });
    await watch.says(/Ready: open http/, LONGEST_BUILD_MS);
  }, LONGEST_BUILD_MS);
  afterAll(async () => {
    await watch.stop('SIGKILL');
    rmSync(project, { recursive: true, force: true, maxRetries: 5 });
  });

  it(
    'takes the next event, with one file, one line in its module, and nothing restarted by hand',
    async () => {
      const shop = new WebhookSender(settings.DOMAIN_URL ?? '', SECRET);
      expect(await shop.send(anInvoicePaid('cus_before'))).toMatchObject({ status: 200 });

      writeFileSync(join(project, 'src/payments/handlers/grant-access.handler.ts'), HANDLER);
      const module = join(project, 'src/payments/payments.module.ts');
      const withHandler = readFileSync(module, 'utf8')
        .replace('const eventHandlers = [', `const eventHandlers = [\n  ${NAME},`)
        .replace('\n\n', `\nimport { ${NAME} } from './handlers/grant-access.handler.js';\n\n`);
      writeFileSync(module, withHandler);

      const sendAgain = () => shop.send(anInvoicePaid('cus_after')).catch(() => undefined);
      const handled = async () => (await sendAgain()) && watch.hasSaid('granted to cus_after');
      await eventually('the handler to run', handled, LONGEST_BUILD_MS);
    },
    LONGEST_BUILD_MS,
  );
});

let sent = 0;
const anInvoicePaid = (customer: string) => ({
  id: `evt_own_handler_${++sent}`,
  object: 'event',
  type: 'invoice.paid',
  created: Math.floor(Date.now() / 1_000),
  livemode: false,
  data: { object: { id: `in_${sent}`, object: 'invoice', customer } },
});
