import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

const LONGEST_WAIT_MS = 10_000;

/** Buys what the shop sells, with the sandbox's card, as a browser without JavaScript does. Gives the price. */
export async function buy(shop) {
  const browser = new Browser();
  const home = await browser.stockedShop(shop);
  const checkout = await browser.follow(await browser.send(home, '/create-checkout-session'));
  const card = { method: 'card', number: '4242 4242 4242 4242', expiry: '12 / 44', cvc: '123', name: 'Jenny Rosen' };
  const success = await browser.follow(await browser.send(checkout, '', { email: 'customer@example.com', ...card }));
  assert.match(success.html, /Payment Successful!/);
  return /\$[\d.]+/.exec(success.html)?.[0];
}

class Browser {
  cookie = '';

  async get(url) {
    return this.request(url, {});
  }

  /** An app that has just started may still be bringing its catalog to Stripe. */
  async stockedShop(url) {
    for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; await setTimeout(50)) {
      const page = await this.get(url);
      if (page.html.includes('/create-checkout-session')) return page;
    }
    throw new Error('The shop has nothing to sell');
  }

  follow({ location, html }) {
    assert(location, `This leads nowhere:\n${html}`);
    return this.get(location);
  }

  /** Sends the page's form that goes to `action`, with what is filled in already. */
  send({ url, html }, action, fields = {}) {
    const form = [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].find(([, head]) => head.includes(action));
    const inputs = [...form[2].matchAll(/<input([^>]*)>/g)].map(([, input]) => [
      /name="([^"]*)"/.exec(input)?.[1],
      /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ]);
    const body = new URLSearchParams({ ...Object.fromEntries(inputs.filter(([name]) => name)), ...fields });
    const target = new URL(/action="([^"]*)"/.exec(form[1])?.[1] || url, url);
    return this.request(target, { method: 'POST', body });
  }

  async request(url, options) {
    const headers = { accept: 'text/html', cookie: this.cookie };
    const response = await fetch(url, { ...options, headers, redirect: 'manual' });
    const [set] = response.headers.getSetCookie();
    if (set) this.cookie = set.split(';')[0];
    return { url: String(url), html: await response.text(), location: response.headers.get('location') };
  }
}
