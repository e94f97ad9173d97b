import { buy, newestPayment, requestRefund } from '../support/buying-steps.js';
import { useStorefront } from '../support/storefront.js';

/** The page's icon is asked for after the page is there, so that a process that is killed may owe it. */
const CUT_OFF = /\/assets\/logo\.svg net::ERR_|^error: Failed to load resource: net::ERR_/;

describe('a restart of app and sandbox', () => {
  const storefront = useStorefront();

  it.each([
    { how: 'stopped', signal: 'SIGTERM', exitStatus: 0 },
    { how: 'killed', signal: 'SIGKILL', exitStatus: null },
  ] as const)('leaves an open account page working after they were $how', async ({ signal, exitStatus }) => {
    const { shop } = storefront;
    const page = await storefront.newPage();
    await buy(page);
    const payment = await newestPayment(page);

    expect(await shop.stop(signal)).toBe(exitStatus);
    await shop.start();
    const messages = storefront.browser.takeConsoleMessages();
    expect(messages.filter((message) => !CUT_OFF.test(message))).toEqual([]);

    await requestRefund(payment);
    expect(await page.getByRole('status').innerText()).toBe('Your refund of $19.99 has been made.');
    expect(await payment.innerText()).toContain('Refunded');
  });
});
