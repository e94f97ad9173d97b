import { maskSecrets } from './mask-secrets.js';

/** Something outside the code is wrong and an operator can mend it: the message says how. It is shown without its stack. */
export class OperatorError extends Error {}

/** One thing wrong with the settings: its name, what was found, and what would be right. */
export interface SettingFault {
  name: string;
  found: string;
  expected: string;
}

/** The settings cannot be used. Carries every fault at once, what else looks odd, and never the value of a secret. */
export class SettingsError extends OperatorError {
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[], warnings: readonly string[] = []) {
    const masked = faults.map((fault) => ({ ...fault, found: maskSecrets(fault.found) }));
    super(
      [
        'The settings (environment or .env) are not right:',
        ...masked.map(({ name, found, expected }) => `  ${name}: found ${found}; expected ${expected}`),
        ...warnings.map((warning) => `  ${warning}`),
      ].join('\n'),
    );
    this.faults = masked;
  }
}
