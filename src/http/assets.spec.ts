import { join } from 'node:path';
import type { Request, Response } from 'express';
import { loadEnv } from '../config/env.js';
import { Assets } from './assets.js';

const VIEWS = join(import.meta.dirname, '../../views');
const env = loadEnv({ SHOP_ACCENT: '#0f766e' }, '/nowhere/.env');

/** How long a browser may keep the file at an address, and its bytes; `undefined` where there is none. */
function served(assets: Assets, address: string) {
  let answer: { caching?: string | undefined; content?: Buffer } | undefined;
  const response = {
    set: (headers: Record<string, string>) => ((answer = { caching: headers['Cache-Control'] }), response),
    type: () => response,
    send: (content: Buffer) => ((answer = { ...answer, content }), response),
  };
  const request = { method: 'GET', path: address.replace(/^\/assets/, '') };
  assets.serve(request as Request, response as unknown as Response, () => undefined);
  return answer;
}

describe('the files that pages load', () => {
  it('have a hash in their address in production, and are kept for a year', () => {
    const assets = new Assets(VIEWS, env.with({ production: true }));
    expect(assets.address('app.css')).toMatch(/^\/assets\/app\.[0-9a-f]{12}\.css$/);
    expect(assets.address('logo')).toMatch(/^\/assets\/logo\.[0-9a-f]{12}\.svg$/);
    const style = served(assets, assets.address('app.css'));
    expect(style?.caching).toBe('public, max-age=31536000, immutable');
    expect(style?.content?.toString()).toMatch(/color-scheme: light dark[\s\S]*--accent: light-dark\(#0f766e, /);
    const ofEarlierVersion = served(assets, '/assets/app.0123456789ab.css');
    expect(ofEarlierVersion).toEqual({ caching: 'no-cache', content: style?.content });
  });

  it('are asked for again each time in development', () => {
    const assets = new Assets(VIEWS, env);
    expect(assets.address('demo-product.svg')).toBe('/assets/demo-product.svg');
    expect(served(assets, '/assets/demo-product.svg')?.caching).toBe('no-cache');
    for (const other of ['/assets/nothing.css', '/assets/../styles/1-tokens.css', '/assets/', '/assets/.env'])
      expect(served(assets, other)).toBeUndefined();
  });
});
