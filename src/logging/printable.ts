/**
 * Characters that act on a terminal or on the text around them: control characters (C0, DEL, C1), line and paragraph separators,
 * and format characters such as those that reverse the direction of text. Not the two joiners, which Persian and Hindi need.
 */
const CONTROLS = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text as one line that is safe to print: control characters become `\n`, `\u001b`, … */
export const printable = (text: string): string => text.replace(CONTROLS, (found) => SHORT[found] ?? escaped(found));

/** The same for a text of several lines, such as a stack. Lines after the first are indented, so that none looks like a log line. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 || line.startsWith('  ') ? '' : '  ') + printable(line))
    .join('\n');

/** JSON text, possibly indented, with the control characters escaped that JSON itself allows. */
export const printableJson = (json: string): string =>
  json.replace(CONTROLS, (found) => (found === '\n' ? found : escaped(found)));

/** Each UTF-16 unit as JSON escapes it. */
const escaped = (found: string): string =>
  found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
