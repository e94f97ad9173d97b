import { heading, payButton } from '../support/buying-steps.js';
import { CARDS } from '../support/customer.js';
import { useStorefront } from '../support/storefront.js';
import type { Page } from 'playwright-core';

/** More stops than any page has. */
const MOST_STOPS = 25;

/** What has the focus, whether it is inside the window, and whether it has a ring then that it has not otherwise. */
const LOOK_AT_FOCUS = `(() => {
  const element = document.activeElement;
  const ring = () => {
    const { outlineStyle, outline, boxShadow } = getComputedStyle(element);
    return (outlineStyle === 'none' ? '' : outline) + boxShadow;
  };
  const { top, bottom, left, right, width } = element.getBoundingClientRect();
  const inside = width > 0 && top < innerHeight && bottom > 0 && left < innerWidth && right > 0;
  const focused = ring();
  element.blur();
  const different = ring() !== focused;
  element.focus({ focusVisible: true });
  const words = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  return { name: words.trim().replace(/\\s+/g, ' '), visible: inside && different };
})()`;

export interface Stop {
  name: string;
  visible: boolean;
}

/** Presses Tab until something of this name has the focus; gives every stop on the way. */
export async function tabTo(page: Page, name: RegExp): Promise<Stop[]> {
  const stops: Stop[] = [];
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<Stop>(LOOK_AT_FOCUS);
    stops.push(stop);
    if (name.test(stop.name)) return stops;
  }
  throw new Error(`Tab never comes to ${name}, but to: ${stops.map((stop) => stop.name).join(', ')}`);
}

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
    await press(/^Refund this amount/);
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
