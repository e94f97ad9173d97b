import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../../packages/local-stripe/src/command/arguments.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const IGNORED = read('.dockerignore').split('\n').filter(Boolean);

/** The app's image is built in CI. Of the local Stripe's, which is not, this holds what can be read. */
describe.each(['Dockerfile', 'packages/local-stripe/Dockerfile'])('%s', (file) => {
  const text = read(file);
  const copied = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, words = '']) =>
    words.split(' ').slice(0, -1),
  );
  const [, final = ''] = text.split(/^FROM \$\{NODE_IMAGE\}$/m);

  it('copies what is there and reaches the builder', () => {
    expect(copied).not.toEqual([]);
    for (const path of copied) {
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
      expect([path, IGNORED.includes(`!${path.split('/')[0]}`)]).toEqual([path, true]);
    }
  });

  it('takes its base image as an argument, and runs as a user without privileges', () => {
    expect(text).toMatch(/^ARG NODE_IMAGE=node:\d+-bookworm-slim$/m);
    expect(final).toMatch(/^USER node$/m);
  });
});

describe('the images', () => {
  it('of the app holds nothing of the local Stripe', () => {
    const [, final = ''] = read('Dockerfile').split(/^FROM \$\{NODE_IMAGE\}$/m);
    expect(final).not.toMatch(/packages|local-stripe/);
    expect(read('Dockerfile')).toContain('npm prune --omit=dev --omit=optional --workspaces=false');
  });

  it('of the local Stripe starts the packed command with arguments that it takes', () => {
    const [, entry = '[]'] = /^ENTRYPOINT (.+)$/m.exec(read('packages/local-stripe/Dockerfile')) ?? [];
    const [node, command, ...args] = JSON.parse(entry) as string[];
    const { bin } = JSON.parse(read('packages/local-stripe/package.json')) as { bin: Record<string, string> };
    expect([node, command]).toEqual(['node', `packages/local-stripe/${bin['local-stripe']}`]);
    expect(readArguments(args)).toMatchObject({ start: { host: '0.0.0.0', port: 12111, stateFile: '/data/state.db' } });
  });
});
