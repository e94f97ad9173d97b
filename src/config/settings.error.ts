/** One thing wrong with the settings: its name, what was found, and what would be right. */
export interface SettingFault {
  name: string;
  found: string;
  expected: string;
}

/** The settings cannot be used. Carries every fault at once, and never the value of a secret. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly SettingFault[]) {
    super(
      [
        'The settings (environment or .env) are not right:',
        ...faults.map(({ name, found, expected }) => `  ${name}: found ${found}; expected ${expected}`),
      ].join('\n'),
    );
  }
}
