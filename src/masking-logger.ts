import { ConsoleLogger } from '@nestjs/common';
import { maskSecrets } from './config/mask-secrets.js';

/** Nest's logger, with every line masked before it is written: the last line of defence, whoever logs. */
export class MaskingLogger extends ConsoleLogger {
  protected override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    return maskSecrets(super.formatMessage(...parts));
  }

  protected override stringifyJsonLogObject(record: Record<string, unknown>): string {
    return maskSecrets(super.stringifyJsonLogObject(record));
  }

  protected override printStackTrace(stack?: string): void {
    if (stack) super.printStackTrace(maskSecrets(stack));
  }

  /** Nest logs what makes a boot fail, with its stack, and throws it: whoever boots the app prints it once. */
  override error(message: unknown, ...more: unknown[]): void {
    if (more.at(-1) !== 'ExceptionHandler') super.error(message, ...more);
  }
}
