import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';

const FLAGS = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-sync'].concat(
  'disable-background-networking',
  'disable-component-update',
);
/** A visitor who goes on before the last icon is there breaks its request off. */
const LEFT_EARLY = 'net::ERR_ABORTED';
/** A visitor who types before the first frame is drawn has chosen the field, and Chromium says that it leaves it so. */
const CHOSE_FIRST = 'Autofocus processing was blocked because a document already has a focused element.';
/** Longest wait for anything on a page, ms. */
const PATIENCE_MS = 60_000;

/** A real Chromium that keeps what its console printed. */
export class WatchedBrowser {
  private messages: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<WatchedBrowser> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error('No Chromium was found: install one or set CHROMIUM_PATH.');
    const args = FLAGS.map((flag) => `--${flag}`);
    return new WatchedBrowser(await chromium.launch({ executablePath, args, headless: true }));
  }

  /** A page of a visitor with no cookies yet. */
  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ locale: 'en-US', colorScheme: 'light', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.text() !== CHOSE_FIRST) this.messages.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.messages.push(`page error: ${error.message}`));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      if (why !== LEFT_EARLY) this.messages.push(`failed: ${request.method()} ${request.url()} ${why}`);
    });
    return page;
  }

  /** Console messages, page errors and failed requests since the last call. */
  takeConsoleMessages(): string[] {
    const messages = this.messages;
    this.messages = [];
    return messages;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
