import { control } from './support/control.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** Stripe has it, the local Stripe has not. */
const FOREIGN = { amount: 500, currency: 'usd', hooks: { inputs: { tax: { calculation: 'taxcalc_1' } } } } as const;

describe('what Stripe has and the local Stripe has not', () => {
  let under: SandboxUnderTest;
  afterEach(() => under.stop());

  it('is an error of its own, never one that blames the caller', async () => {
    under = await SandboxUnderTest.start();
    const { stripe } = under;
    await expect(stripe.paymentIntents.create(FOREIGN)).rejects.toMatchObject({
      statusCode: 400,
      code: 'not_in_local_stripe',
      param: 'hooks',
      message: expect.stringContaining('The local Stripe does not have this yet'),
    });
    await expect(stripe.climate.products.list()).rejects.toMatchObject({
      statusCode: 404,
      code: 'not_in_local_stripe',
    });
    const mistaken = { amount: 500, currency: 'usd', nothing: 'x' } as object;
    await expect(stripe.paymentIntents.create(mistaken as never)).rejects.toMatchObject({ code: 'parameter_unknown' });
  });

  it('is taken without effect where it is lenient, and named by the log, the page and the control API', async () => {
    const lines: string[] = [];
    under = await SandboxUnderTest.start({ lenient: true, log: (line) => lines.push(line) });
    expect(await under.stripe.paymentIntents.create(FOREIGN)).toMatchObject({ amount: 500 });
    await under.stripe.paymentIntents.create(FOREIGN);

    expect(lines.filter((line) => line.includes('hooks'))).toHaveLength(1);
    expect((await control(under.sandbox).get('/ignored-parameters')).body).toEqual({
      data: [{ count: 2, method: 'POST /v1/payment_intents', param: 'hooks' }],
    });
    expect(await (await fetch(under.sandbox.url)).text()).toContain('Parameters without effect');
    const mistaken = { amount: 500, currency: 'usd', nothing: 'x' } as object;
    await expect(under.stripe.paymentIntents.create(mistaken as never)).rejects.toMatchObject({
      code: 'parameter_unknown',
    });
  });

  it('below /v2 is answered in JSON, and a version may name betas', async () => {
    under = await SandboxUnderTest.start();
    const headers = { authorization: 'Bearer sk_test_x', 'stripe-version': '2026-10-28.endive; checkout_beta=v1' };
    const answer = await fetch(`${under.sandbox.url}/v2/core/events`, { headers });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 'not_in_local_stripe' } });
    expect((await fetch(`${under.sandbox.url}/v1/customers`, { headers })).status).toBe(200);
  });
});
