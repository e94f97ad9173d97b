import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../../src/http/texts/en.js';
import { english, phrase, Texts } from '../../src/http/texts/texts.js';

const ROOT = join(import.meta.dirname, '../..');
const filesIn = (folder: string, ending: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => [file, readFileSync(join(ROOT, folder, file), 'utf8')] as const);
const views = filesIn('views', '.hbs');
const keys = Object.keys(en.texts);

describe('the texts of the pages', () => {
  it.each(views)('%s uses texts that there are, and has no words of its own', (_file, source) => {
    const used = [...source.matchAll(/\{\{t '([^']+)'/g)].map(([, key = '']) => key);
    expect(used.filter((key) => !keys.includes(key))).toEqual([]);
    const words = source.replaceAll(/\{\{[^}]*\}\}/g, ' ').replaceAll(/<[^>]*>/g, ' ');
    expect(words.match(/\p{L}+/gu) ?? []).toEqual([]);
  });

  it('are all used', () => {
    const sources = [...views, ...filesIn('src', '.ts').filter(([file]) => !file.endsWith('texts/en.ts'))];
    const all = sources.map(([, source]) => source).join('\n');
    const parts = [...all.matchAll(/`([a-z.]+)\$\{[^}]+\}([a-z.]*)`/gi)].map(([, start = '', end = '']) => ({
      start,
      end,
    }));
    const isUsed = (key: string) =>
      all.includes(`'${key}'`) ||
      parts.some(({ start, end }) => key.startsWith(start) && key.endsWith(end) && start.includes('.'));
    expect(keys.filter((key) => !isUsed(key))).toEqual([]);
  });

  it('have the plural forms of their language, and numbers as it writes them', () => {
    const earlier = (count: number) => english.t('refund.earlier', { count, amount: '$5.00' });
    expect([earlier(1), earlier(1_200)]).toEqual(['1 earlier refund, $5.00', '1,200 earlier refunds, $5.00 together']);
    const polish = new Texts({
      ...en,
      lang: 'pl',
      amounts: 'pl-PL',
      dates: 'pl-PL',
      texts: {
        ...en.texts,
        'refund.tooMany': { one: '{count} zwrot', few: '{count} zwroty', other: '{count} zwrotów' },
      },
    });
    expect([1, 2, 5].map((count) => polish.t('refund.tooMany', { count }))).toEqual([
      '1 zwrot',
      '2 zwroty',
      '5 zwrotów',
    ]);
    expect(polish.month(new Date('2026-11-27T00:00:00Z'))).toBe('listopad 2026');
  });

  it('fail loudly where one is missing', () => {
    const { 'account.title': _missing, ...rest } = en.texts;
    const incomplete = new Texts({ ...en, texts: rest as typeof en.texts });
    expect(() => incomplete.say(phrase('account.title'))).toThrow('No text account.title in en');
  });
});
