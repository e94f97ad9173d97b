import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** `preload` would fetch the style sheets, which a page's CSP forbids, and wait 10 s. */
const RUN_AXE = "axe.run({ resultTypes: ['violations'], preload: false }).then(({ violations }) => violations)";

interface Violation {
  id: string;
  nodes: Array<{ html: string; any: Array<{ message: string }> }>;
}

/** What axe-core finds wrong with a page as it is shown now: each rule, the element, and why. Empty where nothing is. */
export async function axeViolations(page: Page): Promise<string[]> {
  const violations = await page.evaluate<Violation[]>(`${AXE}; ${RUN_AXE}`);
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
