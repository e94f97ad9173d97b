import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnv } from './env.js';
import { SettingsError } from './settings.error.js';

describe('a name that is no setting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-env-'));
  const file = join(folder, '.env');
  afterAll(() => rmSync(folder, { recursive: true }));

  const questions = (inFile: string, environment: Record<string, string> = {}) => {
    writeFileSync(file, inFile);
    return loadEnv(environment, file).warnings.map(
      (warning) => /^\S+: (did you mean [A-Z_]+|there is no)/.exec(warning)?.[0],
    );
  };

  it.each([
    ['STRIPE_SECRET', 'STRIPE_SECRET_KEY'],
    ['STRIPE_KEY', 'STRIPE_SECRET_KEY'],
    ['STRIPE_SECERT_KEY', 'STRIPE_SECRET_KEY'],
    ['STRIPE_WEBHOOK', 'STRIPE_WEBHOOK_SECRET'],
    ['STRIPE_WEBHOOK_SIGNING_SECRET', 'STRIPE_WEBHOOK_SECRET'],
    ['stripe_secret_key', 'STRIPE_SECRET_KEY'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['NODE_EVN', 'NODE_ENV'],
    ['PROT', 'PORT'],
    ['SESION_SECRET', 'SESSION_SECRET'],
  ])('in .env is asked about where it is close to one: %s [Build 8]', (name, meant) => {
    expect(questions(`${name}=a-value`)).toEqual([`${name}: did you mean ${meant}`]);
  });

  it('is asked about in the environment only where it begins with STRIPE_ [Build 8]', () => {
    const environment = { PATH: '/bin', npm_config_yes: 'x', DATABASE_URI: 'x', STRIPE_SECRET: 'x', STRIPE_WHAT: 'x' };
    expect(questions('', environment)).toEqual([
      'STRIPE_SECRET: did you mean STRIPE_SECRET_KEY',
      'STRIPE_WHAT: there is no',
    ]);
  });

  it("is not asked about where it is of Stripe's own tools, of somebody else, or empty [Build 8]", () => {
    const theirs = 'STRIPE_API_KEY=x\nSTRIPE_DEVICE_NAME=x\nSTRIPE_SUPPRESS_NOTICES=1\nSTRIPE_CLI_TELEMETRY_OPTOUT=1';
    expect(questions(`${theirs}\nPOSTGRES_PASSWORD=x\nSMTP_HOST=x\nSTRIPE_SECRET=`)).toEqual([]);
  });

  it('is asked about beside the faults of a boot that fails, and its value is in neither [Build 8]', () => {
    writeFileSync(file, 'STRIPE_SECRET=sk_live_51Habcdef\nPORT=x');
    expect(() => loadEnv({}, file)).toThrow(/PORT: found "x"[\s\S]*STRIPE_SECRET: did you mean STRIPE_SECRET_KEY/);
    expect(() => loadEnv({}, file)).not.toThrow(/51Habcdef/);
  });

  it('is read in a file that begins with a byte order mark [Build 8]', () => {
    writeFileSync(file, '\uFEFFPORT=5003');
    expect(loadEnv({}, file).port).toBe(5003);
  });

  it('is not looked for in what is no text: the file itself is named [Build 8]', () => {
    writeFileSync(file, Buffer.from('PORT=1', 'utf16le'));
    expect(() => loadEnv({}, file)).toThrow(SettingsError);
    expect(() => loadEnv({}, folder)).toThrow(/: found a folder; expected a text file/);
  });
});
