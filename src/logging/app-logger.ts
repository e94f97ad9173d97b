import { ConsoleLogger } from '@nestjs/common';

/**
 * Nest's logger, but of an error it writes message and stack alone: the fields of a failed statement are its parameters,
 * which may be anything that a customer typed.
 */
export class AppLogger extends ConsoleLogger {
  protected override printMessages(messages: unknown[], ...more: unknown[]): void {
    const shown = messages.map((message) => (message instanceof Error ? (message.stack ?? message.message) : message));
    super.printMessages(shown, ...(more as []));
  }
}
