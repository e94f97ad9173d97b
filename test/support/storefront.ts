import type { BrowserContextOptions, Page } from 'playwright-core';
import { WatchedBrowser } from './watched-browser.js';
import { ShopProcess } from './shop-process.js';

/** Starting a browser and an app on a busy machine takes a while; nothing waits this long when all is well. */
const LONGEST_TEST_MS = 60_000;

/** The running product and a browser, shared by the tests of one file. */
export class Storefront {
  private openShop: ShopProcess | undefined;
  private openBrowser: WatchedBrowser | undefined;

  get shop(): ShopProcess {
    return present(this.openShop);
  }

  get browser(): WatchedBrowser {
    return present(this.openBrowser);
  }

  /** A page of a visitor who was never here before. */
  newPage(options?: BrowserContextOptions): Promise<Page> {
    return this.browser.newPage({ baseURL: this.shop.url, ...options });
  }

  async open(start: (shop: ShopProcess) => Promise<void>): Promise<void> {
    this.openShop = await ShopProcess.create();
    this.openBrowser = await WatchedBrowser.launch();
    await start(this.openShop);
  }

  async close(): Promise<void> {
    await Promise.all([this.openBrowser?.close(), this.openShop?.remove()]);
  }
}

/** Opens a shop and a browser for the tests of a file, and checks after each that the console stayed silent. */
export function useStorefront(start = (shop: ShopProcess) => shop.start()): Storefront {
  const storefront = new Storefront();
  import.meta.jest.setTimeout(LONGEST_TEST_MS);
  beforeAll(() => storefront.open(start), LONGEST_TEST_MS);
  afterEach(async () => {
    const messages = storefront.browser.takeConsoleMessages();
    await storefront.browser.closePages();
    expect(messages).toEqual([]);
  });
  afterAll(() => storefront.close(), LONGEST_TEST_MS);
  return storefront;
}

function present<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('The storefront is not open.');
  return thing;
}
