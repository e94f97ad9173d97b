import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** An example may have been moved to where it is for: into src/. */
const located = (path: string) => (existsSync(join(ROOT, path)) ? path : path.replace(/^examples\//, 'src/'));
const read = (path: string) => readFileSync(join(ROOT, located(path)), 'utf8');

/** Every Markdown file of ours. */
const documents = ['.', 'docs', 'examples', 'packages'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => join(folder, file)),
);

/** `<!-- path -->` before a block of code says which file the block shows, whole. */
const shown = documents.flatMap((document) =>
  [...read(document).matchAll(/<!-- (\S+) -->\s+```\w*\n([\s\S]*?)```/g)].map(
    ([, path = '', code = '']) => [document, path, code] as const,
  ),
);

/** Messages of ours in the first column of README's Troubleshooting; the others are npm's and SQLite's. */
const [troubleshooting = ''] = read('README.md')
  .split(/\n## /)
  .filter((section) => section.startsWith('Troubleshooting'));
const quoted = [...troubleshooting.matchAll(/^\| ([^|]*) \|/gm)]
  .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message))
  .filter((message) => message.includes(' ') && !/^(gyp|SQLITE_BUSY)/.test(message));

const SOURCES = ['src', 'scripts']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => /\.(ts|mjs)$/.test(file))
  .map((file) => read(file))
  .join('\n');

describe('the documents', () => {
  it.each(shown)('%s shows %s as it is', (_document, path, code) => expect(code).toBe(read(path)));

  it('show an example of each kind', () => expect(shown.map(([, path]) => dirname(path))).toContain('examples/sales'));

  it.each(documents)('%s links to files and headings that exist', (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(ROOT, located(target)))) return true;
      return heading !== undefined && !headingsOf(target).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  it.each(quoted)('README quotes what is really printed: %s', (message) => {
    // What the source fills in stands between its words: numbers, files, names of settings.
    const words = message.split(/\d+:?|…\S*|\b[A-Z]+_[A-Z_]+: |found |; expected /).map((part) => part.trim());
    expect(words.filter((part) => part.length > 3 && !SOURCES.includes(part))).toEqual([]);
  });
});

/** As GitHub names them in links. */
const headingsOf = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
