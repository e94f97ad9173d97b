import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { maskSecrets } from '../config/secrets.js';

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

/**
 * Nest's logger, made safe for foreign text such as an event's type, a path or an error's message. Control characters are escaped,
 * so that they cannot forge a line or steer a terminal, and secrets are masked in every line. Of an error only message and stack
 * are written: the fields of a failed statement contain its parameters, which may be anything that a customer typed.
 */
export class AppLogger extends ConsoleLogger {
  /** Drops what Nest logs about a failed boot: it also throws the error, which boot.ts and the command line print. */
  override error(message: unknown, ...more: unknown[]): void {
    if (more.at(-1) !== 'ExceptionHandler') super.error(message, ...more);
  }

  protected override printMessages(messages: unknown[], ...more: unknown[]): void {
    const shown = messages.map((message) => (message instanceof Error ? (message.stack ?? message.message) : message));
    super.printMessages(shown, ...(more as []));
  }

  protected override stringifyMessage(message: unknown, logLevel: LogLevel): string {
    const text = this.resolveMessage(message);
    return super.stringifyMessage(typeof text === 'string' ? printableLines(text) : text, logLevel);
  }

  protected override formatContext(context: string): string {
    return super.formatContext(printable(context));
  }

  protected override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    return maskSecrets(super.formatMessage(...parts));
  }

  protected override printStackTrace(stack?: string): void {
    if (stack) super.printStackTrace(printableLines(maskSecrets(stack)));
  }

  protected override stringifyJsonLogObject(record: Record<string, unknown>): string {
    return printableJson(JSON.stringify(masked(JSON.parse(super.stringifyJsonLogObject(record)))));
  }
}

/** Masks each string of a JSON value before it is encoded, since the quotes of `password="…"` are escaped in JSON. */
function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [maskSecrets(key), masked(inside)]));
}
