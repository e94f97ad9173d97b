import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { NextFunction, Request, Response } from 'express';
import { accentStyle } from '../config/accent.js';
import type { Env } from '../config/env.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
};
/** In hexadecimal digits. */
const HASH_LENGTH = 12;
const HASHED = /^\/([\w-]+)\.([0-9a-f]{12})(\.\w+)$/;
/** A year, and never asked for again: other content has another address. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Kept, and asked for each time whether it is still the same. */
const ASK_AGAIN = 'no-cache';

interface Asset {
  content: Buffer;
  hash: string;
  type: string;
}

/**
 * The files that pages load: those of `views/assets`, the shop's logo, and `app.css`, which is all of `views/styles` in order of
 * the names and the accent colour. They are small and kept in memory. In production their addresses carry a hash of the content;
 * outside of it they are read anew at each request.
 */
export class Assets {
  private known: ReadonlyMap<string, Asset>;

  constructor(
    private readonly views: string,
    private readonly env: Env,
  ) {
    this.known = this.read();
  }

  /** The address of a file, by its name in `views/assets`, or of `logo` or `app.css`. An unknown one is answered 404. */
  address = (name: string): string => {
    const file = name === 'logo' ? this.logoName : name;
    const hash = this.env.production && this.known.get(file)?.hash;
    return `/assets/${hash ? file.replace(/(?=\.\w+$)/, `.${hash}`) : file}`;
  };

  serve = (request: Request, response: Response, next: NextFunction): void => {
    if (!['GET', 'HEAD'].includes(request.method)) return next();
    if (!this.env.production) this.known = this.read();
    const [, stem, hash, extension] = HASHED.exec(request.path) ?? [];
    const asset = this.known.get(stem ? `${stem}${extension}` : request.path.slice(1));
    if (!asset) return next();
    response.set({ 'Cache-Control': hash === asset.hash ? FOR_GOOD : ASK_AGAIN, ETag: `W/"${asset.hash}"` });
    response.type(asset.type).send(asset.content);
  };

  private get logoName(): string {
    return `logo${extname(this.env.face.logo ?? '.svg') || '.svg'}`.toLowerCase();
  }

  private read(): ReadonlyMap<string, Asset> {
    const { logo, accent } = this.env.face;
    const files = filesOf(join(this.views, 'assets')).map((file) => [file.name, readFileSync(file.path)] as const);
    const styles = filesOf(join(this.views, 'styles')).map(({ path }) => readFileSync(path, 'utf8'));
    const style = Buffer.from([...styles, ...(accent ? [accentStyle(accent)] : [])].join('\n'));
    const shops = logo ? [[this.logoName, readFileSync(logo)] as const] : [];
    return new Map(
      [...files, ['app.css', style] as const, ...shops].map(([name, content]) => [name, toAsset(name, content)]),
    );
  }
}

const filesOf = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .map((name) => ({ name, path: join(folder, name) }));

const toAsset = (name: string, content: Buffer): Asset => ({
  content,
  hash: createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH),
  type: TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream',
});
