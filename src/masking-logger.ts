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

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(maskSecrets(String(stack)));
  }
}
