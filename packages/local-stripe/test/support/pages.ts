import type { SandboxUnderTest } from './sandbox-under-test.js';
import { see, submit } from './customer.js';

/** The text of a page as it is read: without tags, and without objects as JSON. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<head>[^]*?<\/head>|<pre[^]*?<\/pre>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll(/\s+/g, ' ');

/** The pages of a server, as a test reads them and presses their buttons. */
export class Pages {
  constructor(private readonly under: SandboxUnderTest) {}

  async source(path: string): Promise<string> {
    return (await see(`${this.under.sandbox.url}${path}`)).replaceAll('&#x3D;', '=');
  }

  async read(path: string): Promise<string> {
    return textOf(await this.source(path));
  }

  /** Presses the button that moves the clock to what has this title. */
  async moveTo(path: string, title: string): Promise<void> {
    const form = `<form method="post" action="([^"]+)"><button type="submit" name="to" value="([^"]+)"[^>]*: ${title}`;
    const [, action = '', to = ''] = new RegExp(form).exec(await this.source(path)) ?? [];
    const answer = await submit(`${this.under.sandbox.url}${action}`, { to });
    expect(answer.status).toBeLessThan(400);
  }
}
