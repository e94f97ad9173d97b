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
