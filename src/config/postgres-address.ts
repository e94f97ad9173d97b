import { type AddressFault, readParameters } from './postgres-parameters.js';
import { type PostgresTls, tlsOf } from './postgres-tls.js';

/** The parts of an address of PostgreSQL. The driver is given these, never the text. */
export interface PostgresAddress {
  /** A name, an IP address, or a folder with a Unix socket. */
  host: string;
  port: number | undefined;
  user: string | undefined;
  password: string | undefined;
  database: string | undefined;
  tls: PostgresTls | false;
  /** Whether the address or DATABASE_CA decides about TLS, rather than a default. */
  tlsIsExplicit: boolean;
  /** Whether the connection starts with the TLS handshake, which needs PostgreSQL 17 or later. */
  tlsAtOnce: boolean;
  channelBinding: 'disable' | 'prefer' | 'require';
  applicationName: string | undefined;
  /** Time to wait for a connection, ms. Defaults to DATABASE_CONNECT_TIMEOUT_MS. */
  connectTimeoutMs: number | undefined;
  /** Command-line options for the session, such as `-c search_path=shop`. */
  options: string | undefined;
}

export type ReadAddress = { address: PostgresAddress; faults: [] } | { address?: undefined; faults: AddressFault[] };

/** The driver's own default. */
const DEFAULT_HOST = 'localhost';
/** The same limit as that of DATABASE_CONNECT_TIMEOUT_MS. */
const LONGEST_CONNECT_S = 60;
/** libpq's variables that are read here. The driver itself reads those for the user, the password and the like. */
const VARIABLES: Record<string, string> = {
  host: 'PGHOST',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
};
const PARTS =
  /^postgres(?:ql)?:\/\/(?:([^/?#:]*)(?::([^/?#]*))?@)?(\[[\w:.%]*\]|[^/?#@:[\]]*)(?::(\d*))?(?:\/([^?#@]*))?(?:\?([^#@]*))?$/;

/** Parses `postgres://…`; libpq's environment variables fill in what is missing. Faults contain no values. */
export function readPostgresAddress(
  text: string,
  caFile: string | undefined,
  environment: Record<string, string | undefined> = {},
): ReadAddress {
  const parts = PARTS.exec(text);
  if (!parts || /^\s|\s$|[\t\r\n\0]/.test(text)) return { faults: [unreadable(text)] };
  const { found, faults } = readParameters(parts[6] ?? '');
  const [user, password, host, port, database] = parts.slice(1, 6).map((part) => decode(part, faults));
  /** From its own place in the address or from a parameter, but not both. */
  const either = (name: string, inPlace: string | undefined) => {
    if (inPlace && found.has(name))
      faults.push({ found: `the parameter ${name} beside what the address says itself`, expected: 'it once' });
    return inPlace || found.get(name);
  };
  const own = {
    host: either('host', host),
    port: portOf(either('port', port), faults),
    user: either('user', user),
    password: either('password', password),
    database: either('dbname', database),
  };
  const connectTimeoutMs = connectTimeoutOf(found.get('connect_timeout'), faults);
  const pgHost = addVariables(environment, found, faults);
  const name = (own.host ?? pgHost ?? DEFAULT_HOST).replace(/^\[(.*)\]$/, '$1');
  if (name.includes(',')) faults.push({ found: 'several hosts', expected: "one: the primary's" });
  const { tls, explicit } = tlsOf(found, caFile, faults);
  if (tls && name.startsWith('/'))
    faults.push({ found: 'TLS on a Unix socket', expected: 'none: it leaves no machine' });
  if (faults.length > 0) return { faults };
  const address = {
    ...own,
    host: name,
    tls,
    tlsIsExplicit: explicit,
    tlsAtOnce: found.get('sslnegotiation') === 'direct',
    channelBinding: (found.get('channel_binding') ?? 'disable') as PostgresAddress['channelBinding'],
    applicationName: found.get('application_name'),
    connectTimeoutMs,
    options: found.get('options'),
  };
  return { address, faults: [] };
}

/** Whether the host is this machine, so that traffic to it cannot be read elsewhere. */
export const isThisMachine = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Adds libpq's variables to the parameters, which win.
 * @returns PGHOST
 */
function addVariables(
  environment: Record<string, string | undefined>,
  found: Map<string, string>,
  faults: AddressFault[],
): string | undefined {
  const plain = found.has('ssl') || found.get('sslmode') === 'disable'; // then variables about TLS would contradict it
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = environment[variable];
    if (!value || found.has(name) || (plain && name !== 'host')) continue;
    const read = readParameters(new URLSearchParams({ [name]: value }).toString());
    faults.push(...read.faults.map((fault) => ({ ...fault, found: `${fault.found} (${variable})` })));
    for (const [parameter, text] of read.found) found.set(parameter, text);
  }
  return found.get('host');
}

function unreadable(text: string): AddressFault {
  const form = 'postgres://user:password@host:5432/database';
  if (/^\s|\s$|[\t\r\n\0]/.test(text)) return { found: 'an address with white space around or in it', expected: form };
  if (/#|\/\/.*[/?].*@/.test(text))
    return {
      found: 'an address with a / ? # or @ in its password or in a parameter',
      expected: `${form}, with those as %2F %3F %23 %40`,
    };
  if (text.includes(',')) return { found: 'several hosts', expected: "one: the primary's" };
  return { found: 'an address that cannot be read', expected: form };
}

function decode(part: string | undefined, faults: AddressFault[]): string | undefined {
  try {
    return part && decodeURIComponent(part);
  } catch {
    faults.push({ found: 'an address with a % that encodes nothing', expected: 'a % of a password as %25' });
    return undefined;
  }
}

function portOf(text: string | undefined, faults: AddressFault[]): number | undefined {
  if (!text) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    faults.push({ found: 'an address with a port that is none', expected: 'a port from 1 to 65535' });
  return port;
}

/** libpq's parameter, in seconds. Its 0, no limit, is refused: a boot could then hang without a message. */
function connectTimeoutOf(text: string | undefined, faults: AddressFault[]): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > LONGEST_CONNECT_S)
    faults.push({
      found: 'the parameter connect_timeout with a value that is none',
      expected: `seconds, from 1 to ${LONGEST_CONNECT_S}`,
    });
  return seconds * 1_000;
}
