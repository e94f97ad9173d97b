import { contentOf, heading, payByCard } from '../support/buying-steps.js';
import { CustomDomain } from '../support/custom-domain.js';
import { SandboxProcess } from '../support/shop-process.js';
import { useStorefront } from '../support/storefront.js';

describe('where Stripe has Checkout on a host that no setting names', () => {
  let sandbox: SandboxProcess | undefined;
  let domain: CustomDomain | undefined;
  afterAll(async () => {
    domain?.close();
    await sandbox?.stop();
  });
  const storefront = useStorefront(async (shop) => {
    sandbox = await SandboxProcess.start(shop.settings);
    domain = await CustomDomain.start(shop.sandboxUrl);
    await shop.start({ ...sandbox.settingsForApp, STRIPE_API_BASE: domain.apiUrl });
  });

  it.each([
    { browser: 'a browser', javaScriptEnabled: true },
    { browser: 'a browser with JavaScript switched off', javaScriptEnabled: false },
  ])('Buy Now in $browser leads there, and from there back to the shop [G1]', async ({ javaScriptEnabled }) => {
    const page = await storefront.newPage({ javaScriptEnabled });
    await page.goto('/');
    await page.getByRole('button', { name: 'Buy Now' }).click();
    await page.waitForURL(`${domain?.origin}/c/pay/**`);
    await payByCard(page);
    await heading(page, 'Payment Successful!').waitFor();
    expect(await contentOf(page)).toMatch(/Amount\s+\$19\.99\s+Status\s+Paid/);
  });

  it('goes on by a link, too, and allows forms to lead nowhere else [G1]', async () => {
    const page = await storefront.newPage();
    await page.goto('/');
    const policy = (await page.request.get('/')).headers()['content-security-policy'];
    expect(policy).toMatch(/form-action 'self' http:\/\/localhost:\d+ https:\/\/checkout\.stripe\.com;/);
    const csrf = await page.locator('[name=_csrf]').first().inputValue();
    const buyNow = (mode: string) =>
      page.request.post('/create-checkout-session', {
        form: { _csrf: csrf },
        headers: { 'sec-fetch-mode': mode },
        maxRedirects: 0,
      });
    const answer = await buyNow('navigate');
    expect(answer.status()).toBe(200);
    expect(answer.headers()['refresh']).toMatch(/^0; url=http:\/\/pay\.localhost:/);
    expect(await answer.text()).toContain(`href="${domain?.origin}/c/pay/`);
    const toScript = await buyNow('cors');
    expect(toScript.status()).toBe(303);
    expect(toScript.headers()['location']).toContain(`${domain?.origin}/c/pay/`);
  });
});
