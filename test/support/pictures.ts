import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** A picture's size in pixels, as the README shows it. */
export const PICTURE = { viewport: { width: 1000, height: 740 }, deviceScaleFactor: 1 };

/** Where pictures go: `TAKE_PICTURES=true` renews the README's; any other run leaves the work tree as it was. */
export class PictureFolder {
  private readonly isReadmes = process.env.TAKE_PICTURES === 'true';
  private readonly path = this.isReadmes
    ? join(import.meta.dirname, '..', '..', 'docs', 'pictures')
    : mkdtempSync(join(tmpdir(), 'nsb-pictures-'));

  /** Takes a picture of what is in the window. Gives its bytes. */
  take(page: Page, name: string): Promise<Buffer> {
    return page.screenshot({ path: join(this.path, `${name}.png`) });
  }

  /** Deletes the pictures that nobody asked for. */
  clear(): void {
    if (!this.isReadmes) rmSync(this.path, { recursive: true, force: true });
  }
}
