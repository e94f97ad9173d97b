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
});

/** As GitHub names them in links. */
const headingsOf = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
