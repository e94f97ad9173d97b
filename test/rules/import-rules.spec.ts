import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const TOOLS = join(ROOT, 'node_modules');

/** A rule, a file, and a line that must not stand in it. */
type Case = [rule: string, file: string, line: string];

const IMPORTS_REFUSED: Case[] = [
  ['sdk-in-stripe-only', 'src/billing/x.ts', "export * from 'stripe';"],
  ['sdk-in-stripe-only', 'src/app.module.ts', "import 'stripe/esm/apiVersion.js';"],
  ['sdk-in-stripe-only', 'src/new-room/x.ts', "export * from 'stripe';"],
  ['sdk-in-stripe-only', 'src/ops/x.ts', "export * from 'stripe';"],
  ['sdk-in-stripe-only', 'src/webhook/x.ts', "import type Stripe from 'stripe'; export type Price = Stripe.Price;"],
  ['sdk-types-only', 'packages/local-stripe/src/x.ts', "export { Stripe } from 'stripe';"],
  ['local-stripe-apart', 'packages/local-stripe/src/x.ts', "import '../../../src/config/env.js';"],
  ['local-stripe-apart', 'packages/local-stripe/src/api/x.ts', "import '../../../../src/config/env.js';"],
  ['undeclared-dependency', 'packages/local-stripe/src/api/x.ts', "import '@nestjs/common';"],
  ['undeclared-dependency', 'packages/local-stripe/src/x.ts', "import { z } from 'zod'; export const text = z;"],
  ['undeclared-dependency', 'src/billing/x.ts', "import 'zod';"],
  ['local-stripe-in-one-file', 'src/billing/x.ts', "import 'local-stripe';"],
  ['local-stripe-in-one-file', 'src/app.module.ts', "import '../packages/local-stripe/src/index.js';"],
  ['payments-imports', 'src/payments/x.ts', "import '../billing/checkout.service.js';"],
  ['webhook-imports', 'src/webhook/x.ts', "import '../payments/payment.view.js';"],
  ['stripe-imports', 'src/stripe/x.ts', "import '../webhook/inbox.service.js';"],
  ['stripe-imports', 'src/stripe/x.ts', "import '../database/table.js';"],
  ['config-imports', 'src/config/x.ts', "import '../stripe/stripe.service.js';"],
  ['config-imports', 'src/config/x.ts', "import type { A } from '../stripe/a.js'; export type B = A;"],
  ['time-imports', 'src/time/x.ts', "import '../logging/app-logger.js';"],
  ['logging-imports', 'src/logging/x.ts', "import '../http/views.js';"],
  ['database-imports', 'src/database/x.ts', "import '../http/views.js';"],
  ['http-imports', 'src/http/x.ts', "import '../auth/csrf.js';"],
  ['http-imports', 'src/http/x.ts', "import '../bootstrap/boot.js';"],
  ['auth-imports', 'src/auth/x.ts', "import '../payments/money.js';"],
  ['health-imports', 'src/health/x.ts', "import '../webhook/inbox.service.js';"],
  ['billing-imports', 'src/billing/x.ts', "import '../ops/doctor/doctor.js';"],
  ['billing-imports', 'src/billing/x.ts', "import '../app.module.js';"],
  ['ops-imports', 'src/ops/x.ts', "import '../cli/command.js';"],
  ['new-room-imports', 'src/new-room/x.ts', "import '../cli/command.js';"],
  ['new-room-imports', 'src/new-room/x.ts', "import '../other-room/y.js';"],
  ['payments-state-imports', 'src/payments/state/x.ts', "import '../store/payment.entity.js';"],
  ['payments-state-is-pure', 'src/payments/state/x.ts', "import '../../database/table.js';"],
  ['payments-state-is-pure', 'src/payments/state/x.ts', "import '@nestjs/common';"],
  ['payments-store-imports', 'src/payments/store/x.ts', "import '../refunds/refund.service.js';"],
  ['payments-fulfilment-imports', 'src/payments/fulfilment/x.ts', "import '../handlers/handler.js';"],
  ['payments-account-imports', 'src/payments/account/x.ts', "import '../checkout/checkout-lookup.service.js';"],
  ['payments-checkout-imports', 'src/payments/checkout/x.ts', "import '../refunds/refund.service.js';"],
  ['payments-refunds-imports', 'src/payments/refunds/x.ts', "import '../disputes/dispute.js';"],
  ['payments-disputes-imports', 'src/payments/disputes/x.ts', "import '../reconcile/reconcile.service.js';"],
  ['no-inner-parts', 'src/billing/x.ts', "import '../payments/store/payment.entity.js';"],
  ['no-inner-parts', 'src/billing/x.ts', "import '../payments/refunds/refund.controller.js';"],
  ['no-inner-parts', 'src/billing/catalog/x.ts', "import '../../payments/account/account.controller.js';"],
  ['no-inner-parts', 'src/cli/x.ts', "import '../webhook/webhook-event.entity.js';"],
  ['no-inner-parts', 'src/app.module.ts', "import './payments/store/payment.entity.js';"],
  ['no-unused-file', 'src/health/x.ts', 'export const nobody = 1;'],
];

const IMPORTS_ACCEPTED: [file: string, line: string][] = [
  ['src/stripe/x.ts', "export { Stripe } from 'stripe';"],
  ['packages/local-stripe/src/x.ts', "import type Stripe from 'stripe'; export type Price = Stripe.Price;"],
  ['packages/local-stripe/src/x.ts', "import express from 'express'; export const app = express;"],
  ['src/bootstrap/local-stripe.ts', "await import('local-stripe');"],
  ['src/bootstrap/x.ts', "import '../app.module.js'; import '../webhook/webhook.controller.js';"],
  ['src/billing/x.ts', "import '../payments/account/payment-reader.service.js';"],
  ['src/new-room/x.ts', "import '../webhook/index.js'; import '../database/table.js'; import './own.entity.js';"],
  ['src/ops/x.ts', "import '../billing/catalog/catalog-sync.service.js';"],
  ['src/cli/x.ts', "import '../ops/doctor/doctor.js';"],
  ['src/payments/store/x.ts', "import '../state/payment-status.js';"],
  ['src/payments/handlers/x.ts', "import '../checkout/checkout-sync.service.js';"],
];

const LINES_REFUSED: Case[] = [
  ['node(no-process-env)', 'src/payments/x.ts', 'export const port = process.env.PORT;'],
  [
    'eslint(no-restricted-imports)',
    'src/payments/x.ts',
    "import { env } from 'node:process'; export const port = env.PORT;",
  ],
  ['money(no-floats)', 'src/payments/x.ts', 'export const half = (amount: number) => amount / 2;'],
  ['money(no-floats)', 'src/payments/x.ts', 'export const fee = (amount: number) => amount * 0.029;'],
  ['money(no-floats)', 'src/payments/x.ts', 'export const read = (text: string) => Number.parseFloat(text);'],
  ['money(no-floats)', 'src/billing/x.ts', 'export const show = (amount: number) => amount.toFixed(2);'],
  ['clock(no-own-time)', 'src/payments/x.ts', 'export const at = new Date();'],
  ['clock(no-own-time)', 'src/webhook/x.ts', 'export const at = Date.now();'],
  ['money(no-floats)', 'src/cli/x.ts', 'export const cents = (amount: number) => Math.round(amount * 100);'],
];

const LINES_ACCEPTED: [file: string, line: string][] = [
  ['src/config/env.ts', 'export const port = process.env.PORT;'],
  ['src/payments/x.ts', 'export const at = new Date(1_795_000_000_000);'],
  ['src/payments/x.ts', 'export const left = (amount: number, gone: number) => Math.max(amount - gone, 0) + 1_999;'],
];

/** Packages as far as the rules look at them: by their names. */
const PACKAGES = ['stripe', 'local-stripe', '@nestjs/common', 'zod', 'express'];

/** The cases in one folder, each in a file of its own: `x.ts` becomes `x7.ts`. Every tool runs once over all of them. */
class Sample {
  readonly folder = mkdtempSync(join(tmpdir(), 'nsb-rules-'));
  private count = 0;

  constructor(...configuration: string[]) {
    for (const part of configuration) cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
  }

  /** @returns the path of the file, within the folder */
  add(file: string, line: string): string {
    const path = file.replace(/\bx\.ts$/, () => `x${++this.count}.ts`);
    this.write(path, `${line}\n`, 'a');
    for (const [, target = ''] of line.matchAll(/['"](\.{1,2}\/[^'"]+)\.js['"]/g))
      this.write(join(dirname(path), `${target}.ts`), '', 'a');
    return path;
  }

  write(path: string, text: string, flag = 'w'): void {
    mkdirSync(join(this.folder, dirname(path)), { recursive: true });
    writeFileSync(join(this.folder, path), text, { flag });
  }

  run<Report>(tool: string, ...args: string[]): Report {
    const { stdout, stderr } = spawnSync(process.execPath, [join(TOOLS, tool), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    if (!stdout.startsWith('{')) throw new Error(`${tool} reports nothing: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Report;
  }
}

/** A case becomes [rule, where it is said, line, path in the sample]. */
const placed = (sample: Sample, cases: Case[]) =>
  cases.map(([rule, file, line]) => [rule, file, line, sample.add(file, line)] as const);

describe('who imports whom', () => {
  const sample = new Sample('.dependency-cruiser.mjs');
  const refused = placed(sample, IMPORTS_REFUSED);
  const accepted = IMPORTS_ACCEPTED.map(([file, line]) => [file, line, sample.add(file, line)] as const);
  let found: Set<string>;

  beforeAll(() => {
    for (const name of PACKAGES) {
      sample.write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, exports: { '.': './index.js', './*': './*' } }),
      );
      sample.write(`node_modules/${name}/index.js`, '');
    }
    sample.write('node_modules/stripe/esm/apiVersion.js', '');
    const declares = (...names: string[]) =>
      JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) });
    sample.write('package.json', declares('stripe', 'local-stripe', '@nestjs/common', 'express'));
    sample.write('packages/local-stripe/package.json', declares('stripe', 'express'));
    sample.write('tsconfig.json', '{"compilerOptions": {"module": "nodenext"}}');
    sample.write('src/stripe/first.ts', "import './second.js';");
    sample.write('src/stripe/second.ts', "import './first.js';");
    sample.write('src/cli/main.ts', '');
    sample.write('src/round/a/x.ts', "import '../b/x.js';");
    sample.write('src/round/a/y.ts', '');
    sample.write('src/round/b/x.ts', "import '../a/y.js';");
    const { summary } = sample.run<{ summary: { violations: { rule: { name: string }; from: string }[] } }>(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      'src',
      'packages/local-stripe/src',
      '--output-type',
      'json',
    );
    found = new Set(summary.violations.map(({ rule, from }) => `${rule.name} ${from}`));
  });
  afterAll(() => rmSync(sample.folder, { recursive: true }));

  it.each(refused)('%s refuses in %s: %s', (rule, _file, _line, path) =>
    expect([...found]).toContain(`${rule} ${path}`),
  );
  it.each(accepted)('accepted in %s: %s', (_file, _line, path) => {
    expect([...found].filter((each) => each.endsWith(` ${path}`) && !each.startsWith('no-unused-file'))).toEqual([]);
  });
  it('no-circle refuses two files that import each other', () =>
    expect([...found]).toContain('no-circle src/stripe/first.ts'));
  it('no-folder-circle refuses two folders that import each other, also by different files', () =>
    expect([...found]).toContain('no-folder-circle src/round/a'));
});

describe('the environment and money', () => {
  const sample = new Sample('.oxlintrc.json', 'lint');
  const refused = placed(sample, LINES_REFUSED);
  const accepted = LINES_ACCEPTED.map(([file, line]) => [file, line, sample.add(file, line)] as const);
  let found: string[];

  beforeAll(() => {
    const { diagnostics } = sample.run<{ diagnostics: { code: string; filename: string }[] }>(
      'oxlint/bin/oxlint',
      '--format=json',
      'src',
    );
    found = diagnostics.map(({ code, filename }) => `${code} ${filename}`);
  });
  afterAll(() => rmSync(sample.folder, { recursive: true }));

  it.each(refused)('%s refuses in %s: %s', (rule, _file, _line, path) => expect(found).toContain(`${rule} ${path}`));
  it.each(accepted)('accepted in %s: %s', (_file, _line, path) =>
    expect(found.filter((each) => each.endsWith(` ${path}`))).toEqual([]),
  );
});
