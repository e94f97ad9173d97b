import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STRIPE_HOSTS } from './origin.js';

const NAMES = [...STRIPE_HOSTS, 'localhost'];
const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 730;
/** A new one is created this long before the old one expires. */
const RENEW_BEFORE_DAYS = 30;

/** A certificate and its private key, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** The certificate's file, for clients to trust. */
export const certificateFile = (folder: string): string => join(folder, 'certificate.pem');

/**
 * The certificate for Stripe's names in this folder; created where there is none, or where it expires within 30
 * days. It is not a certificate authority: trusting it does not make other certificates trusted.
 */
export async function certificateIn(folder: string): Promise<Certificate> {
  const keyFile = join(folder, 'key.pem');
  const kept = await readBoth(certificateFile(folder), keyFile);
  if (kept && isGood(kept)) return kept;
  const made = await makeCertificate();
  await mkdir(folder, { recursive: true });
  await writeFile(keyFile, made.key, { mode: 0o600 });
  await writeFile(certificateFile(folder), made.cert);
  // Clients run as other users must be able to read the certificate, whatever the umask.
  await chmod(folder, 0o755);
  await chmod(certificateFile(folder), 0o644);
  return made;
}

async function readBoth(certFile: string, keyFile: string): Promise<Certificate | undefined> {
  try {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  } catch {
    return undefined;
  }
}

function isGood({ cert }: Certificate): boolean {
  const read = new X509Certificate(cert);
  const expiresInMs = new Date(read.validTo).getTime() - Date.now();
  return expiresInMs > RENEW_BEFORE_DAYS * DAY_MS && NAMES.every((name) => read.checkHost(name) !== undefined);
}

async function makeCertificate(): Promise<Certificate> {
  const { generate } = await import('selfsigned'); // loaded only with --tls
  const made = await generate([{ name: 'commonName', value: 'local-stripe' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: NAMES.map((value) => ({ type: 2, value })) },
    ],
  });
  return { cert: made.cert, key: made.private };
}
