import { buy, confirmButton, contentOf, heading, newestPayment, refundButton } from '../support/buying-steps.js';
import { useStorefront } from '../support/storefront.js';

const storefront = useStorefront();

describe.each([
  { browser: 'a browser', javaScriptEnabled: true },
  { browser: 'a browser with JavaScript switched off', javaScriptEnabled: false },
])('buying with $browser', ({ javaScriptEnabled }) => {
  it('goes from Buy Now over Checkout to a refund in the account', async () => {
    const page = await storefront.newPage({ javaScriptEnabled });
    await page.goto('/');
    expect(await contentOf(page)).toMatch(/Demo Product\s.*\$19\.99/s);

    await buy(page);
    expect(await contentOf(page)).toMatch(/Amount\s+\$19\.99\s+Status\s+Paid\s.*Transaction\s+pi_\w+/s);

    await page.getByRole('link', { name: 'Go to your account' }).click();
    await heading(page, 'Your account').waitFor();
    const payment = await newestPayment(page);
    expect(await payment.innerText()).toMatch(/\$19\.99\s.*Paid/s);

    await refundButton(payment).click();
    expect(await payment.innerText()).toMatch(/The money goes back to where it came from.*within 5 to 10 days/s);
    await confirmButton(payment).click();
    await page.getByRole('status').waitFor();
    expect(await page.title()).toMatch(/^Your refund of \$19\.99 has been made\. · Your account/);
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Your refund of $19.99');
    expect(await page.getByRole('status').innerText()).toBe('Your refund of $19.99 has been made.');
    expect(await payment.innerText()).toMatch(/Refunded\s.*Refund of \$19\.99, done/s);
    expect(await refundButton(payment).count()).toBe(0);

    await page.reload();
    expect(await page.getByRole('status').count()).toBe(0);
  });
});
