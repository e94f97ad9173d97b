import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { HtmlValidate } from 'html-validate';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const runAxe = (options: object) => `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...options })})
  .then(({ violations }) => violations.map(({ id, nodes }) =>
    id + ': ' + nodes.map(({ target, any }) => target.join(' ') + ' ' + (any[0]?.message ?? '')).join(' | ')))`;

/** What axe-core finds on a page, in light and in dark: empty where nothing is wrong. Leaves the page in its scheme `of`. */
export async function violationsOf(page: Page, of: 'light' | 'dark'): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<string[]>(runAxe({}));
  await page.emulateMedia({ colorScheme: of === 'light' ? 'dark' : 'light' });
  found.push(...(await page.evaluate<string[]>(runAxe({ runOnly: ['color-contrast'] })))); // all that differs between them
  await page.emulateMedia({ colorScheme: of });
  return found;
}

const html = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'void-style': 'off', // <meta> or <meta/>: both are valid
    'no-trailing-whitespace': 'off',
    'long-title': 'off', // a title begins with what was done
    'prefer-native-element': 'off', // role="status" on a paragraph: <output> is for the result of a form
    'no-redundant-role': 'error',
  },
});

/** What is wrong with the HTML of a page: empty where nothing is. */
export async function htmlFaultsOf(source: string): Promise<string[]> {
  const { results } = await html.validateString(source);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}, line ${line}: ${message}`),
  );
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
