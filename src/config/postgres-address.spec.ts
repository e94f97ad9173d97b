import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnv } from './env.js';
import { type PostgresAddress, readPostgresAddress } from './postgres-address.js';
import { SettingsError } from './settings.error.js';

const ADDRESS = 'postgres://app:secret@db.example.com:5432/shop';
const CERTIFICATE = join(import.meta.dirname, '../../test/postgres/support/localhost.pem');

const read = (words: string, caFile?: string): PostgresAddress | undefined =>
  readPostgresAddress(`${ADDRESS}?${words}`, caFile).address;
const faults = (words: string, caFile?: string) => readPostgresAddress(`${ADDRESS}?${words}`, caFile).faults;

describe('TLS to PostgreSQL', () => {
  it.each([
    'sslmode=require',
    'sslmode=verify-ca',
    'sslmode=verify-full',
    'SSLMODE=Require',
    'ssl=true',
    'ssl=1',
    'ssl=on',
    'ssl=yes',
    'ssl=TRUE',
    'ssl=require',
    'ssl=true&sslmode=require',
    'sslrootcert=system',
    'sslnegotiation=direct',
    'channel_binding=require',
  ])('is used, and the certificate verified: ?%s [S1]', (words) => {
    expect(read(words)).toMatchObject({ tls: { rejectUnauthorized: true }, tlsIsExplicit: true });
  });

  it('is verified against an authority of its own, which alone asks for it [S1]', () => {
    const words = `sslrootcert=${encodeURIComponent(CERTIFICATE)}`;
    expect(read(words)?.tls).toMatchObject({ ca: expect.stringContaining('BEGIN CERT'), rejectUnauthorized: true });
    expect(read('', CERTIFICATE)?.tls).toMatchObject({ ca: expect.stringContaining('BEGIN CERT') });
  });

  it('encrypts to whoever answers where that is asked for by name [S1]', () => {
    expect(read('sslmode=no-verify')?.tls).toEqual({ rejectUnauthorized: false });
    expect(read('ssl=no-verify')?.tls).toEqual({ rejectUnauthorized: false });
  });

  it.each(['sslmode=disable', 'ssl=false', 'ssl=0', 'ssl=off', 'ssl=false&sslmode=disable'])(
    'is left out where that is asked for: ?%s [S1]',
    (words) => expect(read(words)).toMatchObject({ tls: false, tlsIsExplicit: true }),
  );

  it.each([
    'sslmode=allow',
    'sslmode=prefer',
    'sslmode=required',
    'sslmode=',
    'sslmode',
    'ssl=maybe',
    'ssl=',
    'ssl=true&sslmode=disable',
    'ssl=false&sslmode=require',
    'ssl=no-verify&sslmode=verify-full',
    'sslmode=require&sslmode=disable',
    'sslmode=disable&SSLMODE=require',
    'sslmode=disable&sslrootcert=system',
    'sslmode=disable&sslnegotiation=direct',
    'sslmode=disable&channel_binding=require',
    'sslmode=no-verify&sslrootcert=system',
    'sslrootcert=/nowhere/ca.pem',
    'sslrootcert=/',
    'sslrootcert=package.json',
    'sslcert=/nowhere/cert.pem',
    'sslkey=package.json&sslcert=package.json',
    'sslpassword=x',
    'sslcrl=package.json',
    'sslnegotiation=maybe',
    'requiressl=1',
    'tls=true',
    'encrypt=true',
    'uselibpqcompat=true&sslmode=require',
    'ssl_mode=require',
    'ssIrootcert=x',
    'sslmode=require&host=other.example.com',
    'statement_timeout=0',
    'Client=x',
    'max=1',
    'connect_timeout=0',
    'connect_timeout=5s',
    'connect_timeout=4711',
    'target_session_attrs=read-write',
    'hostaddr=127.0.0.1',
    'constructor=x',
    '__proto__=x',
  ])('is never left out by a parameter that nobody understood: ?%s [S1]', (words) => {
    expect(faults(words).length).toBeGreaterThan(0);
    expect(read(words)).toBeUndefined();
  });

  it('is asked for in place of what falls back, and of what other programs call it [S1]', () => {
    for (const words of ['sslmode=prefer', 'tls=true', 'requiressl=1'])
      expect(faults(words)[0]?.expected).toContain('sslmode=require');
    expect(faults('tls=4711')[0]?.found).toBe('the parameter tls, which is not known here');
    expect(faults('statement_timeout=4711')[0]?.expected).toContain('DATABASE_STATEMENT_TIMEOUT_MS');
  });

  it("goes by libpq's variables where the address says nothing [S1]", () => {
    const tls = (url: string, environment: Record<string, string>) =>
      readPostgresAddress(url, undefined, environment).address?.tls;
    expect(tls(ADDRESS, { PGSSLMODE: 'require' })).toEqual({ rejectUnauthorized: true });
    expect(tls(ADDRESS, { PGSSLMODE: 'prefer' })).toBeUndefined();
    expect(tls(`${ADDRESS}?sslmode=disable`, { PGSSLMODE: 'require', PGSSLROOTCERT: 'system' })).toBe(false);
  });
});

describe('the address of a PostgreSQL', () => {
  it('is read to its last part', () => {
    const address = read('sslmode=disable&application_name=shop&connect_timeout=10&options=-c%20search_path%3Dshop');
    expect(address).toMatchObject({
      host: 'db.example.com',
      port: 5432,
      user: 'app',
      password: 'secret',
      database: 'shop',
      applicationName: 'shop',
      connectTimeoutMs: 10_000,
      options: '-c search_path=shop',
    });
  });

  it.each([
    ['postgres://u:p%40%2F%3F%23@[::1]/db', { host: '::1', password: 'p@/?#' }],
    ['postgres:///db?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'db' }],
    ['postgres://u:p@/db?host=/cloudsql/a:b:c', { host: '/cloudsql/a:b:c', user: 'u' }],
    ['postgresql://%2Fvar%2Frun%2Fpostgresql/db', { host: '/var/run/postgresql' }],
    ['postgres://h?user=u&password=p&dbname=db&port=1', { user: 'u', password: 'p', database: 'db', port: 1 }],
    ['postgres://u:p@ss@h/db', { password: 'p@ss', host: 'h' }],
  ])('is understood: %s', (url, parts) => {
    expect(readPostgresAddress(url, undefined).address).toMatchObject(parts);
  });

  it.each([
    'postgres://a,b/db',
    'postgres://a:1,b:2/db',
    'postgres://h/db?host=a,b',
    'postgres://h:x/db',
    'postgres://h:99999/db',
    'postgres://u:p#w@h/db',
    'postgres://u:p/w@h/db',
    'postgres://u:100%@h/db',
    'postgres://h/db ',
    'postgres://u:p@h/db?password=q',
    'postgres:///db?host=/var/run/postgresql&sslmode=require',
  ])('is refused where it is not clear: %s', (url) => {
    expect(readPostgresAddress(url, undefined).faults).not.toEqual([]);
  });
});

describe('an address with a character that should have been encoded', () => {
  it.each(['postgres://u:p@h/db?application_name=a@b', 'postgres://u:p#w@h/db'])(
    'is refused, with both places where it may stand: %s [S1]',
    (url) => {
      const found = 'an address with a / ? # or @ in its password or in a parameter';
      expect(readPostgresAddress(url, undefined).faults).toEqual([expect.objectContaining({ found })]);
    },
  );
});

describe('a database on another machine, in production', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const production = {
    NODE_ENV: 'production',
    STRIPE_SECRET_KEY: 'sk_live_abc',
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('hex')}`,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    DOMAIN_URL: 'https://shop.example.com',
    TRUST_PROXY: '1',
    AUTH_ALLOW_STUB: 'true',
  };
  const boots = (url: string, more: Record<string, string> = {}) => {
    try {
      return Boolean(loadEnv({ ...production, DATABASE_URL: url, ...more }, '/nowhere/.env'));
    } catch (error) {
      if (error instanceof SettingsError) return error.faults.map(({ name }) => name);
      throw error;
    }
  };
  const HOST = 'postgres://app:3b1f0c9e72d8@db.example.com/shop';

  it('needs a word on TLS, be it that there is none [S1]', () => {
    expect(boots(HOST)).toEqual(['DATABASE_URL']);
    expect(boots('postgres:///shop', { PGHOST: 'db.example.com' })).toEqual(['DATABASE_URL']);
    expect(boots('sqlite:/data/shop.db', { MIGRATE_TO_URL: HOST })).toEqual(['MIGRATE_TO_URL']);
    for (const word of ['sslmode=disable', 'sslmode=require', 'ssl=true']) expect(boots(`${HOST}?${word}`)).toBe(true);
    expect(boots(HOST, { DATABASE_CA: CERTIFICATE })).toBe(true);
  });

  it('is another one than this, however this is called [S1]', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]', '%2Fvar%2Frun%2Fpostgresql', ''])
      expect(boots(`postgres://app:3b1f0c9e72d8@${host}/shop`)).toBe(true);
    for (const host of ['localhost.example.com', '10.0.0.1', '0.0.0.0', '[::2]', '127.example.com'])
      expect(boots(`postgres://app:3b1f0c9e72d8@${host}/shop`)).toEqual(['DATABASE_URL']);
  });

  it('is refused with its file named where DATABASE_CA is no certificate [S1]', () => {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, 'nothing');
    for (const ca of [file, folder, '/nowhere/ca.pem'])
      expect(boots(HOST, { DATABASE_CA: ca })).toEqual(['DATABASE_CA']);
  });
});
