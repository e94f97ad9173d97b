/**
 * What a terminal or a reader's eye would obey instead of showing: control characters (C0, DEL, C1), line and paragraph
 * separators, and format characters such as those that reverse the direction of text. The two joiners that words in Persian
 * and Hindi are written with stay.
 */
const OBEYED = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text as one line that is safe to print: what a terminal would obey is shown as `\n`, `\u001b`, … */
export const printable = (text: string): string => text.replace(OBEYED, (found) => SHORT[found] ?? escaped(found));

/** A text of several lines, such as a stack: each is printable, and each after the first is indented, so that none can pass for a line of its own. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 || line.startsWith('  ') ? '' : '  ') + printable(line))
    .join('\n');

/** JSON text, which may be indented, with everything escaped that JSON itself lets through. */
export const printableJson = (json: string): string =>
  json.replace(OBEYED, (found) => (found === '\n' ? found : escaped(found)));

/** By UTF-16 units, as JSON writes them. */
const escaped = (found: string): string =>
  found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
