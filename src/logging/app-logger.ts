import { ConsoleLogger } from '@nestjs/common';
import { maskSecrets } from '../config/mask-secrets.js';

/**
 * Nest's logger, with every line masked before it is written: the last line of defence, whoever logs. Of an error it writes message
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

  protected override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    return maskSecrets(super.formatMessage(...parts));
  }

  protected override stringifyJsonLogObject(record: Record<string, unknown>): string {
    return maskSecrets(super.stringifyJsonLogObject(record));
  }

  protected override printStackTrace(stack?: string): void {
    if (stack) super.printStackTrace(maskSecrets(stack));
  }
}
