import { maskSecrets } from './secrets.js';

/** Something that an operator can correct, such as a setting: the message says how. It is logged without its stack. */
export class OperatorError extends Error {}

/** One wrong setting: its name, what was found, and what is expected. */
export interface SettingFault {
  name: string;
  found: string;
  expected: string;
}

/** The settings are not usable. Lists everything that is wrong, then the warnings. Secrets are masked. */
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
