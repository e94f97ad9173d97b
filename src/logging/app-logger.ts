import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { maskSecrets } from '../config/mask-secrets.js';
import { printable, printableJson, printableLines } from './printable.js';

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
