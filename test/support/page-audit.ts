import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import type { Page } from 'playwright-core';
import { contentWidth, flawsOf } from './page-flaws.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** `preload` would fetch the style sheets, which a page's CSP forbids, and wait 10 s. */
const RUN_AXE =
  "axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => violations)";

interface Violation {
  id: string;
  nodes: Array<{ html: string; any: Array<{ message: string }> }>;
}

/** What axe-core finds wrong with a page as it is shown now: each rule, the element, and why. Empty where nothing is. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<Violation[]>(RUN_AXE);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  );
}

const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ['html-validate:recommended'],
    rules: {
      'no-trailing-whitespace': 'off', // templates leave it behind
      'void-style': 'off', // <meta> or <meta/>: both are valid
      'long-title': 'off', // a title begins with what was done
      'prefer-native-element': 'off', // role="status" on a paragraph: <output> is for the result of a form
      'no-redundant-role': 'error',
    },
  }),
);

/** What html-validate finds wrong with a page's HTML as the server sent it: each rule, the line, and why. */
export async function htmlFaults(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  const lines = html.split('\n');
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} in ${lines[line - 1]?.trim().slice(0, 160)}`),
  );
}

/** Keeps the HTML of the page that was loaded last, and the compressed size of it with all that it loaded, in bytes. */
export class LoadedPage {
  private document: Promise<string> = Promise.resolve('');
  private sizes: Array<Promise<number>> = [];

  constructor(page: Page) {
    page.on('response', (response) => {
      const isRedirect = response.status() >= 300 && response.status() < 400;
      if (isRedirect || !/^https?:/.test(response.url())) return;
      if (response.request().resourceType() === 'document') {
        this.document = response.text();
        this.document.catch(() => undefined); // not read, where the page has been left
        this.sizes = [];
      }
      this.sizes.push(
        response.body().then(
          (body) => gzipSync(body).length,
          () => 0, // of a page that was left before it was there
        ),
      );
    });
  }

  html(): Promise<string> {
    return this.document;
  }

  async compressedSize(): Promise<number> {
    return (await Promise.all(this.sizes)).reduce((sum, size) => sum + size, 0);
  }
}

/** In CSS pixels; the last one is that at which the next page is loaded. */
const WIDTHS = [320, 1280, 1920, 390];
/** How axe looks at a page: on a phone in light, on a screen in dark. Its colours are the same at each width. */
const AUDITED: Record<number, 'light' | 'dark'> = { 390: 'light', 1280: 'dark' };

/**
 * All that is wrong with the page that is open: its HTML, what is in the way of somebody who has it read out, what axe finds in light and
 * in dark, and scrolling sideways at any width. Empty where nothing is. Leaves the window 390 pixels wide.
 */
export async function faultsOf(page: Page, loaded: LoadedPage): Promise<string[]> {
  await page.waitForLoadState('load');
  const faults = [...(await htmlFaults(await loaded.html())), ...(await flawsOf(page))];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    const reached = await contentWidth(page);
    if (reached > width) faults.push(`${reached} pixels wide at ${width}`);
    const colorScheme = AUDITED[width];
    if (!colorScheme) continue;
    await page.emulateMedia({ colorScheme });
    faults.push(...(await violationsOf(page)));
  }
  return faults;
}

/** Bytes of a page with all that it loads, compressed where that helps. */
export async function weightOf(url: string, source: string): Promise<number> {
  const files = [...source.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
  const bodies = await Promise.all(
    [...new Set(files)].map(async (path) => (await fetch(new URL(path, url))).arrayBuffer()),
  );
  return [source, ...bodies.map((body) => Buffer.from(body))].reduce(
    (total, body) => total + Math.min(gzipSync(body).length, Buffer.byteLength(body)),
    0,
  );
}
