import fc from 'fast-check';
import { printable, printableJson, printableLines } from './app-logger.js';

/** Control characters, separators, and what turns the direction of text around. */
const OBEYED = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

const anyText = fc.string({ unit: 'binary' });

describe('a text that somebody else wrote', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jcleared', '\\u001b[2Jcleared'],
    ['a forged line', 'customer.created\r\nforged', 'customer.created\\r\\nforged'],
    ['an eight-bit control character', '\u009b31m', '\\u009b31m'],
    ['a rubout', 'paid\u007f', 'paid\\u007f'],
    ['text turned around', 'evil\u202egnp.exe', 'evil\\u202egnp.exe'],
    ['an isolated direction', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['an invisible tag', 'a\u{e0041}', 'a\\udb40\\udc41'],
    ['a null', 'a\u0000', 'a\\u0000'],
  ])('is printed with %s escaped [S12]', (_what, text, shown) => expect(printable(text)).toBe(shown));

  it('is printed as it is otherwise [S12]', () => {
    const text = 'Zoë, 佐藤 "Ltd." \\n — $19.99 می‌خواهم 👩‍💻';
    expect(printable(text)).toBe(text);
  });

  it('never steers the terminal, whatever is in it [S12]', () => {
    fc.assert(fc.property(anyText, (text) => !OBEYED.test(printable(text))));
  });

  it('means the same as JSON, and steers nothing there either [S12]', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (document) => {
        const json = printableJson(JSON.stringify(document, null, 2));
        expect(JSON.parse(json)).toEqual(document);
        expect(json.replaceAll('\n', '')).not.toMatch(OBEYED);
      }),
    );
  });

  it('cannot begin a line of its own in a text of several lines [S12]', () => {
    fc.assert(
      fc.property(anyText, (text) =>
        printableLines(text)
          .split('\n')
          .slice(1)
          .every((line) => line.startsWith('  ') && !OBEYED.test(line)),
      ),
    );
  });
});
