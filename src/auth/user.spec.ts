import { loadEnv } from '../config/env.js';
import { SettingsError } from '../config/settings.error.js';
import { refuseStubInProduction } from './user.js';

describe('the stub user', () => {
  const development = loadEnv({}, '/nowhere/.env');
  const production = development.with({ production: true });
  const stub = { isStub: true };

  it('is refused in production, with what to do [B4]', () => {
    expect(() => refuseStubInProduction(stub, production)).toThrow(SettingsError);
    expect(() => refuseStubInProduction(stub, production)).toThrow(/AUTH_ALLOW_STUB.*auth\/user\.ts/);
  });

  it('is let in where AUTH_ALLOW_STUB is true, and outside production [B4]', () => {
    refuseStubInProduction(stub, production.with({ allowStub: true }));
    refuseStubInProduction(stub, development);
  });

  it('is asked for no more once a login is in its place [B4]', () => {
    refuseStubInProduction({}, production);
    refuseStubInProduction({ isStub: false }, production);
  });
});
