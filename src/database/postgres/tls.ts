/** An address without its words on TLS, and what they ask for as the driver takes it. */
export interface TlsConnection {
  url: string;
  ssl: boolean | { ca?: string; rejectUnauthorized: boolean };
}

/**
 * TLS goes by `sslmode` in the address: `disable`, `no-verify` (encrypted, to whoever answers), or any other of libpq's
 * words, which all verify here: against `ca` where one is given, as managed databases often need, else against the
 * authorities that Node trusts. Without `sslmode`, a `ca` alone asks for TLS.
 */
export function tlsOf(databaseUrl: string, ca?: string): TlsConnection {
  const url = new URL(databaseUrl);
  const mode = url.searchParams.get('sslmode') ?? (ca ? 'verify-full' : 'disable');
  for (const name of ['sslmode', 'ssl', 'sslrootcert', 'uselibpqcompat']) url.searchParams.delete(name);
  if (mode === 'disable') return { url: url.href, ssl: false };
  return { url: url.href, ssl: { ...(ca && { ca }), rejectUnauthorized: mode !== 'no-verify' } };
}
