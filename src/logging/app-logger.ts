import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { maskSecrets } from '../config/mask-secrets.js';
import { printable, printableJson, printableLines } from './printable.js';

/**
 * Nest's logger. What others wrote (an event's type, a path, an error's words) is kept from steering the terminal or forging a
 * line, and every line is masked before it is written: the last line of defence, whoever logs. Of an error it writes message
 * and stack alone: the fields of a failed statement are its parameters, which may be anything that a customer typed.
 */
export class AppLogger extends ConsoleLogger {
  /** Nest logs what makes a boot fail, with its stack, and throws it: whoever boots the app prints it once. */
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

/** Every string of a JSON value is masked as it was before it was encoded: the quote of `password="…"` is none in JSON. */
function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [maskSecrets(key), masked(inside)]));
}
