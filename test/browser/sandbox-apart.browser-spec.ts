import { buy, newestPayment, requestRefund } from '../support/buying-steps.js';
import { SandboxProcess } from '../support/shop-process.js';
import { useStorefront } from '../support/storefront.js';
import { eventually } from '../support/eventually.js';

describe('with the sandbox in another process', () => {
  let sandbox: SandboxProcess | undefined;
  afterAll(() => sandbox?.stop()); // before its folder goes
  const storefront = useStorefront(async (shop) => {
    sandbox = await SandboxProcess.start(shop.settings);
    await shop.start(sandbox.settingsForApp);
  });

  it('a customer buys and is refunded, and the webhooks come through', async () => {
    const { shop } = storefront;
    expect(Object.keys(sandbox?.settingsForApp ?? {})).toEqual([
      'STRIPE_SECRET_KEY',
      'STRIPE_API_BASE',
      'STRIPE_WEBHOOK_SECRET',
    ]);
    const page = await storefront.newPage();
    await buy(page);
    const payment = await newestPayment(page);
    await requestRefund(payment);
    expect(await payment.innerText()).toMatch(/Refunded\s.*Refund of \$19\.99, done/s);
    await eventually(
      'the event is handled',
      async () => (await shop.handledEvents('checkout.session.completed')) === 1,
    );
  });
});
