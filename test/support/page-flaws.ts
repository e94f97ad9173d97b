import type { Page } from 'playwright-core';

/** What would be in the way of somebody who has a page read out: empty where nothing is. */
export const flawsOf = (page: Page) => page.evaluate<string[]>(FIND_FLAWS);

/** How far the content of a page reaches, in CSS pixels: more than the window's width means scrolling sideways. */
export async function contentWidth(page: Page): Promise<number> {
  // Until its style sheets are there, a page is as wide as its widest table.
  await page.waitForLoadState('load');
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

const FIND_FLAWS = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const tag = (element) => element.outerHTML.slice(0, 120);
  const named = (element) => (element.getAttribute('aria-label') ?? element.textContent).trim() !== '';
  const ids = all('[id]').map(({ id }) => id);
  const levels = all('h1, h2, h3, h4').map(({ tagName }) => Number(tagName[1]));
  const references = all('[aria-describedby], [aria-labelledby]').flatMap((element) =>
    [element.getAttribute('aria-describedby'), element.getAttribute('aria-labelledby')].filter(Boolean));
  return [
    ...(document.documentElement.lang === 'en' ? [] : ['the language is not told']),
    ...(document.title.trim() ? [] : ['no title']),
    ...(all('h1').length === 1 ? [] : [all('h1').length + ' h1']),
    ...(all('main').length === 1 ? [] : [all('main').length + ' main']),
    ...levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1).map((level) => 'h' + level + ' after a gap'),
    ...all('input:not([type=hidden]), select, textarea').filter(({ labels }) => !labels.length).map((it) => 'no label: ' + tag(it)),
    ...all('a, button').filter((element) => !named(element)).map((it) => 'no name: ' + tag(it)),
    ...all('img:not([alt])').map((it) => 'no alt: ' + tag(it)),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => 'id twice: ' + id),
    ...references.filter((id) => !ids.includes(id)).map((id) => 'nothing has the id ' + id),
  ];
})()`;
