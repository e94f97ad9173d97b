/** What is wrong with an address. Contains none of its values. */
export interface AddressFault {
  found: string;
  expected: string;
}

/** Supported parameters, and the values that each may have; an empty list means any. */
const KNOWN: Record<string, readonly string[]> = {
  host: [],
  port: [],
  user: [],
  password: [],
  dbname: [],
  application_name: [],
  connect_timeout: [],
  options: [],
  client_encoding: ['utf8', 'utf-8'],
  gssencmode: ['disable', 'prefer'],
  sslmode: ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'],
  ssl: ['true', '1', 'on', 'yes', 'false', '0', 'off', 'no', 'no-verify', 'require', 'verify-ca', 'verify-full'],
  sslrootcert: [],
  sslcert: [],
  sslkey: [],
  sslpassword: [],
  sslcrl: [],
  ssl_min_protocol_version: ['tlsv1.2', 'tlsv1.3'],
  sslnegotiation: ['postgres', 'direct'],
  channel_binding: ['disable', 'prefer', 'require'],
};

const TLS_INSTEAD =
  'sslmode=require, which verifies the certificate, sslmode=no-verify, which encrypts to whoever answers, or sslmode=disable';

/** What to use instead of parameters that other programs have. */
const INSTEAD: Record<string, string> = {
  applicationname: 'application_name',
  channelbinding: 'channel_binding',
  connection_limit: 'the setting DATABASE_POOL_SIZE',
  connectiontimeoutmillis: 'the setting DATABASE_CONNECT_TIMEOUT_MS',
  database: 'the name after the slash, as in postgres://host/database',
  encrypt: TLS_INSTEAD,
  fallback_application_name: 'application_name',
  hostaddr: 'host',
  lock_timeout: 'options=-c%20lock_timeout=…',
  max: 'the setting DATABASE_POOL_SIZE',
  passfile: 'the password in the address or in PGPASSWORD',
  pgbouncer: 'nothing: use session pooling (docs/deployment.md)',
  pool_size: 'the setting DATABASE_POOL_SIZE',
  query_timeout: 'the setting DATABASE_STATEMENT_TIMEOUT_MS',
  requiressl: TLS_INSTEAD,
  schema: 'options=-c%20search_path=…',
  search_path: 'options=-c%20search_path=…',
  sslca: 'sslrootcert, or the setting DATABASE_CA',
  sslfactory: TLS_INSTEAD,
  statement_timeout: 'the setting DATABASE_STATEMENT_TIMEOUT_MS',
  target_session_attrs: "one host: the primary's",
  tls: TLS_INSTEAD,
  tlsmode: TLS_INSTEAD,
  uselibpqcompat: TLS_INSTEAD,
  username: 'user',
  usessl: TLS_INSTEAD,
};

/**
 * Parses the parameters of an address. Names and listed values are case-insensitive; each parameter may occur once. An unknown
 * one is a fault, not ignored: it might have been meant to ask for TLS.
 */
export function readParameters(query: string): { found: Map<string, string>; faults: AddressFault[] } {
  const found = new Map<string, string>();
  const faults: AddressFault[] = [];
  for (const [given, value] of new URLSearchParams(query)) {
    const name = given.toLowerCase();
    const fault = faultOf(name, given, value, found.has(name));
    if (fault) faults.push(fault);
    else found.set(name, KNOWN[name]?.length ? value.toLowerCase() : value);
  }
  return { found, faults };
}

function faultOf(name: string, given: string, value: string, repeated: boolean): AddressFault | undefined {
  const values = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  if (!values) return unknown(name, given);
  if (repeated) return { found: `the parameter ${name} twice`, expected: 'it once' };
  if (value === '')
    return { found: `the parameter ${name} without a value`, expected: 'a value, or no such parameter' };
  if (values.length === 0 || values.includes(value.toLowerCase())) return undefined;
  if (name.startsWith('ssl') && ['allow', 'prefer'].includes(value.toLowerCase()))
    return {
      found: `the parameter ${name} with a value that falls back to plain text`,
      expected: `${TLS_INSTEAD}: what falls back protects nothing, so it is not done here`,
    };
  return { found: `the parameter ${name} with a value that is not known`, expected: `one of ${values.join(', ')}` };
}

function unknown(name: string, given: string): AddressFault {
  const shown = /^[a-z][a-z_]{0,39}$/i.test(given) ? `the parameter ${given}` : 'a parameter';
  const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
  return {
    found: `${shown}, which is not known here`,
    expected: instead ?? `none but ${Object.keys(KNOWN).join(', ')}`,
  };
}
