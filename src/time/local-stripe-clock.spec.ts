import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpAdapterHost } from '@nestjs/core';
import { withSandbox } from '../config/development.js';
import { type Env, loadEnv } from '../config/env.js';
import { Clock } from './clock.js';
import { LocalStripeClock } from './local-stripe-clock.js';

describe('the clock', () => {
  let server: Server;
  let calls: number;
  let answer: { status: number; body: string };
  let apiBase: string;
  beforeEach(async () => {
    calls = 0;
    answer = { status: 200, body: '{"now":1,"ahead_ms":60000}' };
    server = createServer((_request, response) => {
      calls++;
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  const clockWith = async (changes: Partial<Env> = {}) => {
    const clock = new Clock();
    const env = withSandbox(loadEnv({ NODE_ENV: 'test' }, '/nowhere/.env'), { url: apiBase }).with(changes);
    const local = new LocalStripeClock(clock, env, new HttpAdapterHost());
    await local.onModuleInit();
    return { clock, local };
  };
  const stripe = { webhookSecrets: [], checkoutOrigins: [] };

  it('is that of a local Stripe', async () => {
    const { clock, local } = await clockWith();
    expect(clock.aheadMs).toBe(60_000);
    expect(Math.abs(clock.now().getTime() - Date.now() - 60_000)).toBeLessThan(1_000);
    for (const odd of ['', 'x', '-1', '1e99', 'Infinity', '59999']) local.readDelivery(odd);
    expect(clock.aheadMs).toBe(60_000); // a late delivery does not move it back
    local.readDelivery('60001');
    expect(clock.aheadMs).toBe(60_001);
  });

  it("is the machine's in production, with a live key, and without an address, which is Stripe itself", async () => {
    for (const changes of [
      { production: true },
      { stripe: { ...stripe, secretKey: 'sk_live_x', apiBase } },
      { stripe: { ...stripe, secretKey: 'sk_test_x' } },
    ]) {
      const { clock, local } = await clockWith(changes);
      local.readDelivery('60000');
      expect(clock.aheadMs).toBe(0);
    }
    expect(calls).toBe(0);
  });

  it('asks an address that is no local Stripe once, and one that fails again', async () => {
    answer = { status: 404, body: '{"error":{}}' };
    const { clock, local } = await clockWith();
    await local.refresh();
    expect([clock.aheadMs, calls]).toEqual([0, 1]);
    answer = { status: 502, body: '' };
    const failing = await clockWith();
    await failing.local.refresh();
    expect([failing.clock.aheadMs, calls]).toEqual([0, 3]);
  });
});
