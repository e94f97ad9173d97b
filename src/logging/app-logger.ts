import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { printable, printableJson, printableLines } from './printable.js';

/** Nest's logger, with what others wrote (an event's type, a path, an error's words) kept from steering the terminal or forging a line. */
export class AppLogger extends ConsoleLogger {
  protected override stringifyMessage(message: unknown, logLevel: LogLevel): string {
    const resolved = this.resolveMessage(message);
    const text = resolved instanceof Error ? (resolved.stack ?? resolved.message) : resolved;
    return super.stringifyMessage(typeof text === 'string' ? printableLines(text) : text, logLevel);
  }

  protected override formatContext(context: string): string {
    return super.formatContext(printable(context));
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(stack && printableLines(stack));
  }

  protected override stringifyJsonLogObject(logObject: Record<string, unknown>): string {
    return printableJson(super.stringifyJsonLogObject(logObject));
  }
}
