import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureVersion } from 'node:tls';
import type { AddressFault } from './postgres-parameters.js';

/** TLS options of the driver. Keys and certificates are PEM texts. */
export interface PostgresTls {
  rejectUnauthorized: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
  crl?: string;
  minVersion?: SecureVersion;
}

export interface ChosenTls {
  tls: PostgresTls | false;
  /** Whether the address or DATABASE_CA decides, rather than a default. */
  explicit: boolean;
}

type Parameters = ReadonlyMap<string, string>;

const ON = ['true', '1', 'on', 'yes'];
const OFF = ['false', '0', 'off', 'no'];
/** Parameters that need TLS. */
const NEED_TLS = ['sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslcrl', 'ssl_min_protocol_version'];
const VERSIONS: Record<string, SecureVersion> = { 'tlsv1.2': 'TLSv1.2', 'tlsv1.3': 'TLSv1.3' };

/**
 * Derives TLS options from the parameters of an address and from DATABASE_CA. `disable` is plain text, and `no-verify` encrypts
 * without checking the server. Every other mode verifies the certificate and its name, against the given authority or those
 * that Node trusts. A parameter that needs TLS turns it on.
 */
export function tlsOf(given: Parameters, caFile: string | undefined, faults: AddressFault[]): ChosenTls {
  const needing = NEED_TLS.filter((name) => given.has(name));
  if (given.get('sslnegotiation') === 'direct') needing.push('sslnegotiation');
  if (given.get('channel_binding') === 'require') needing.push('channel_binding');
  const asked = modeOf(given, faults);
  const mode = asked ?? (needing.length > 0 || caFile ? 'verify-full' : 'disable');
  const contradict = (names: readonly string[]) =>
    faults.push({ found: `${names.join(' and ')} with sslmode=${mode}`, expected: 'the one or the other' });

  if (mode === 'disable' && needing.length > 0) contradict(needing);
  if (mode === 'no-verify') for (const name of ['sslrootcert', 'sslcrl']) if (given.has(name)) contradict([name]);
  if (caFile && given.has('sslrootcert'))
    faults.push({ found: 'sslrootcert, with DATABASE_CA set', expected: 'the one or the other' });
  if (given.has('sslcert') !== given.has('sslkey'))
    faults.push({ found: 'one of sslcert and sslkey', expected: 'both: a certificate is of no use without its key' });
  if (given.has('sslpassword') && !given.has('sslkey'))
    faults.push({ found: 'sslpassword without sslkey', expected: 'the key that it opens, as sslkey' });

  const explicit = asked !== undefined || mode !== 'disable';
  if (mode === 'disable') return { tls: false, explicit };
  const tls = { ...filesOf(given, caFile, faults), rejectUnauthorized: mode !== 'no-verify' };
  if (faults.length === 0) checkTogether(tls, faults);
  return { tls, explicit };
}

/** `sslmode`, or what `ssl` means instead. If both are given they must agree. */
function modeOf(given: Parameters, faults: AddressFault[]): string | undefined {
  const [mode, ssl] = [given.get('sslmode'), given.get('ssl')];
  if (ssl === undefined) return mode;
  if (mode === undefined) return ON.includes(ssl) ? 'verify-full' : OFF.includes(ssl) ? 'disable' : ssl;
  const agree = ON.includes(ssl) ? mode !== 'disable' : OFF.includes(ssl) ? mode === 'disable' : ssl === mode;
  if (!agree) faults.push({ found: 'ssl and sslmode that say different things', expected: 'sslmode alone' });
  return mode;
}

function filesOf(given: Parameters, caFile: string | undefined, faults: AddressFault[]): Partial<PostgresTls> {
  const root = given.get('sslrootcert');
  const version = VERSIONS[given.get('ssl_min_protocol_version') ?? ''];
  const passphrase = given.get('sslpassword');
  const read = (name: string, path: string | undefined, holds: RegExp) => {
    const file = path === undefined ? {} : readPem(path, holds);
    if (file.fault) faults.push({ found: `${name} ${file.fault}`, expected: 'a PEM file that the app can read' });
    return file.pem;
  };
  // The schema of the settings has checked the file of DATABASE_CA.
  const ca = caFile ? readPem(caFile, CERTIFICATE).pem : root !== 'system' && read('sslrootcert', root, CERTIFICATE);
  const cert = read('sslcert', given.get('sslcert'), CERTIFICATE);
  const key = read('sslkey', given.get('sslkey'), /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  const crl = read('sslcrl', given.get('sslcrl'), /-----BEGIN X509 CRL-----/);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(passphrase && { passphrase }),
    ...(crl && { crl }),
    ...(version && { minVersion: version }),
  };
}

export const CERTIFICATE = /-----BEGIN (TRUSTED )?CERTIFICATE-----/;

/** Reads a PEM file. `fault` says why it cannot be used. */
export function readPem(path: string, holds: RegExp): { pem?: string; fault?: string } {
  try {
    const pem = readFileSync(path, 'utf8');
    return holds.test(pem) ? { pem } : { fault: `names ${JSON.stringify(path)}, which is not such a PEM file` };
  } catch (error) {
    return {
      fault: `names ${JSON.stringify(path)}, which cannot be read (${String(Reflect.get(Object(error), 'code'))})`,
    };
  }
}

/** Checks that certificate, key and passphrase belong together, and that OpenSSL accepts them all. */
function checkTogether({ ca, cert, key, passphrase, crl }: PostgresTls, faults: AddressFault[]): void {
  try {
    createSecureContext({ ca, cert, key, passphrase, crl });
  } catch (error) {
    const reason = String(Reflect.get(Object(error), 'code') ?? 'no reason is known');
    const expected = 'PEM files that are whole, and a key that belongs to its certificate';
    faults.push({ found: `certificates that cannot be used (${reason})`, expected });
  }
}
