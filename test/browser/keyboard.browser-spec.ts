import { heading, payButton } from '../support/buying-steps.js';
import { CARDS } from '../support/customer.js';
import { type Stop, tabTo } from '../support/keyboard.js';
import { useStorefront } from '../support/storefront.js';

describe('with the keyboard alone', () => {
  const storefront = useStorefront();

  it('a customer buys and is refunded, and always sees where the focus is', async () => {
    const page = await storefront.newPage({ reducedMotion: 'reduce' }); // so that a ring is there at once
    const stops: Stop[] = [];
    const press = async (name: RegExp) => {
      stops.push(...(await tabTo(page, name)));
      await page.keyboard.press('Enter');
    };
    const type = async (name: RegExp, text: string) => {
      stops.push(...(await tabTo(page, name)));
      await page.keyboard.type(text);
    };

    await page.goto('/');
    await press(/^Buy Now$/);
    await payButton(page).waitFor();
    await type(/^Card number$/, CARDS.pays);
    await type(/^Expiration$/, '1244');
    await type(/^CVC$/, '123');
    await type(/^Name on card$/, 'Jenny Rosen');
    await press(/^Pay /);
    await heading(page, 'Payment Successful!').waitFor();
    await press(/^Go to your account$/);
    await heading(page, 'Your account').waitFor();
    await press(/^Request Refund/);
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('status').innerText()).toBe('Your refund of $19.99 has been made.');

    expect(stops.filter(({ visible }) => !visible)).toEqual([]);
  });

  it('the first stop of a page skips to its content', async () => {
    const page = await storefront.newPage();
    await page.goto('/');
    await tabTo(page, /^Skip to the content$/);
    await page.keyboard.press('Enter');
    expect((await tabTo(page, /^Buy Now$/)).length).toBe(1);
  });
});
