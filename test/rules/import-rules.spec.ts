import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const OXLINT = join(ROOT, 'node_modules/oxlint/bin/oxlint');

/** What the house forbids: a file, and a line that must not stand in it. */
const FORBIDDEN: [file: string, line: string][] = [
  ['src/billing/x.ts', "export * from 'stripe';"],
  ['src/app.module.ts', "import 'stripe/esm/apiVersion.js';"],
  ['src/new-room/x.ts', "export * from 'stripe';"],
  ['packages/local-stripe/src/x.ts', "export { Stripe } from 'stripe';"],
  ['packages/local-stripe/src/x.ts', "import '../../../src/config/env.js';"],
  ['packages/local-stripe/src/api/x.ts', "import '../../../../src/config/env.js';"],
  ['packages/local-stripe/src/conventions/params/x.ts', "import '../../../../../src/config/env.js';"],
  ['packages/local-stripe/src/api/x.ts', "import '@nestjs/common';"],
  ['packages/local-stripe/src/api/x.ts', "import 'zod';"],
  ['src/billing/x.ts', "import 'local-stripe';"],
  ['src/billing/x.ts', "import '../../packages/local-stripe/src/index.js';"],
  ['src/app.module.ts', "import 'local-stripe';"],
  ['src/payments/x.ts', "import '../billing/checkout.service.js';"],
  ['src/webhook/x.ts', "import '../payments/payment.view.js';"],
  ['src/stripe/x.ts', "import '../webhook/inbox.service.js';"],
  ['src/stripe/x.ts', "import '../database/table.js';"],
  ['src/config/x.ts', "import '../stripe/stripe.service.js';"],
  ['src/http/x.ts', "import '../auth/csrf.js';"],
  ['src/billing/x.ts', "import '../payments/ledger/payment.entity.js';"],
  ['src/billing/x.ts', "import '../payments/refunds/refund.controller.js';"],
  ['src/billing/catalog/x.ts', "import '../../payments/account/account.controller.js';"],
  ['src/cli/x.ts', "import '../webhook/webhook-event.entity.js';"],
  ['src/app.module.ts', "import './payments/ledger/payment.entity.js';"],
  ['src/ops/x.ts', "import '../cli/print.js';"],
  ['src/ops/x.ts', "export * from 'stripe';"],
  ['src/billing/x.ts', "import '../ops/doctor/doctor.js';"],
  ['src/payments/x.ts', 'export const port = process.env.PORT;'],
  ['src/payments/x.ts', "import { env } from 'node:process'; export const port = env.PORT;"],
  ['src/payments/x.ts', 'export const half = (amount: number) => amount / 2;'],
  ['src/payments/x.ts', 'export const fee = (amount: number) => amount * 0.029;'],
  ['src/payments/x.ts', 'export const read = (text: string) => Number.parseFloat(text);'],
  ['src/billing/x.ts', 'export const show = (amount: number) => amount.toFixed(2);'],
  ['src/cli/x.ts', 'export const cents = (amount: number) => Math.round(amount * 100);'],
];

const ALLOWED: [file: string, line: string][] = [
  ['src/stripe/x.ts', "export { Stripe } from 'stripe';"],
  ['packages/local-stripe/src/x.ts', "import type Stripe from 'stripe'; export type Price = Stripe.Price;"],
  ['src/main.ts', "import 'local-stripe';"],
  ['src/billing/x.ts', "import '../payments/reading/payment-reader.service.js';"],
  ['src/ops/x.ts', "import '../billing/catalog/catalog-status.service.js';"],
  ['src/cli/x.ts', "import '../ops/doctor/doctor.js';"],
  ['src/config/env.ts', 'export const port = process.env.PORT;'],
  ['src/payments/x.ts', 'export const left = (amount: number, gone: number) => Math.max(amount - gone, 0) + 1_999;'],
];

describe('the rules of the house', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nsb-rules-'));
    for (const part of ['.oxlintrc.json', 'lint']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const accepts = (file: string, line: string) => {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), `${line}\n`);
    return spawnSync(process.execPath, [OXLINT, dirname(file)], { cwd: folder }).status === 0;
  };

  it.each(FORBIDDEN)('refuse in %s: %s', (file, line) => expect(accepts(file, line)).toBe(false));
  it.each(ALLOWED)('accept in %s: %s', (file, line) => expect(accepts(file, line)).toBe(true));
});
