import type { Page } from 'playwright-core';

/** More stops than any page has. */
const MOST_STOPS = 25;

/** Where the focus is, and whether one can see that it is there: a ring inside the window, and a text or field that shows. */
const LOOK_AT_FOCUS = `(() => {
  const element = document.activeElement;
  const { top, bottom, left, right, width } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const inside = width > 0 && top < innerHeight && bottom > 0 && left < innerWidth && right > 0;
  const words = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  return { name: words.trim().replace(/\\s+/g, ' '), visible: ring && inside };
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
