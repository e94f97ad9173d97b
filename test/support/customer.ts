/** A page as a browser without JavaScript has it. */
export interface Page {
  status: number;
  url: string;
  html: string;
  /** Where it leads on to, without being followed. */
  location: string | null;
  headers: Headers;
}

interface Form {
  action: string;
  fields: Record<string, string>;
}

export const CARDS = {
  pays: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  refundFails: '4000 0000 0000 5126',
  disputes: '4000 0000 0000 0259',
};

/** Somebody with a browser: cookies, forms and redirects over real HTTP, and no JavaScript. */
export class Customer {
  private readonly cookies = new Map<string, string>();

  constructor(
    readonly shopUrl: string,
    readonly email: string,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.request(path, { headers });
  }

  /** Posts a form's fields. The CSRF token is not added by itself: see `submit`. */
  post(
    path: string,
    fields: Record<string, string> | [string, string][],
    headers: Record<string, string> = {},
  ): Promise<Page> {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  /** Fills in and sends the form of a page that goes to `action`. */
  submit(page: Page, action: string, fields: Record<string, string> = {}): Promise<Page> {
    const forms = formsOf(page.html);
    const form = forms.find((one) => one.action === action) ?? forms.find((one) => one.action.includes(action));
    if (!form) throw new Error(`No form to ${action} on ${page.url} (${page.status}):\n${page.html}`);
    const target = new URL(form.action || page.url, page.url).href;
    return this.post(target, { ...form.fields, ...fields });
  }

  /** A CSRF token of this browser's session. */
  async csrf(): Promise<string> {
    const { html } = await this.get('/account');
    const form =
      /name="_csrf" value="(\w+)"/.exec(html) ?? /name="_csrf" value="(\w+)"/.exec((await this.get('/')).html);
    return form?.[1] ?? '';
  }

  /** Clicks Buy Now and comes to the Checkout page. */
  async goToCheckout(lookupKey?: string): Promise<Page> {
    const shop = await this.get('/');
    const opened = await this.submit(shop, '/create-checkout-session', lookupKey ? { price: lookupKey } : {});
    if (opened.status !== 303 || !opened.location) throw new Error(`Buy Now answered ${opened.status}: ${opened.html}`);
    return this.get(opened.location);
  }

  /** Fills in the Checkout page and pays by card. Gives the answer: on success, a redirect to the success page. */
  payByCard(checkout: Page, number: string = CARDS.pays): Promise<Page> {
    const card = { method: 'card', number, expiry: '12 / 44', cvc: '123', name: 'Jenny Rosen' };
    return this.submit(checkout, payFormOf(checkout), { email: this.email, ...card });
  }

  payByBankDebit(checkout: Page, ending: 'settle' | 'fail'): Promise<Page> {
    return this.submit(checkout, payFormOf(checkout), {
      email: this.email,
      method: 'bank_debit',
      ending,
      name: 'Jenny Rosen',
    });
  }

  /** From Buy Now to the success page's address; gives the Checkout Session's id. */
  async buy(lookupKey?: string, number?: string): Promise<string> {
    return sessionIdOf(await this.payByCard(await this.goToCheckout(lookupKey), number));
  }

  private async request(path: string, init: RequestInit): Promise<Page> {
    const url = new URL(path, this.shopUrl);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', 'x-test-user': this.email, cookie, ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const html = await response.text();
    const location = response.headers.get('location');
    return { status: response.status, url: url.href, html, location, headers: response.headers };
  }

  private keep(setCookie: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
    if (name) this.cookies.set(name, value ?? '');
  }
}

/** The Checkout Session that a redirect to the success page names. */
export function sessionIdOf({ location, status, html }: Page): string {
  const id = location && new URL(location).searchParams.get('checkout_sid');
  if (!id) throw new Error(`No way back to the shop in an answer ${status}: ${html}`);
  return id;
}

/** A page's text as people read it. */
export const textOf = ({ html }: Page): string =>
  html
    .replaceAll(/<(style|title|head)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Where the form that pays goes; before it there may be one for a promotion code. */
function payFormOf({ url, html }: Page): string {
  const { pathname } = new URL(url);
  return formsOf(html).some(({ action }) => action === pathname) ? pathname : '';
}

function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inside = '']) => ({
    action: attribute(attributes, 'action') ?? '',
    fields: Object.fromEntries(
      [...inside.matchAll(/<input([^>]*)>/g)]
        .map(([, input = '']) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? ''] as const)
        .filter(([name]) => name !== ''),
    ),
  }));
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}
