import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SandboxOptions } from '../options.js';

const DEFAULT_PORT = 12111;
const HTTPS_PORT = 443;
/** Folder of the state, in the current one. */
const FOLDER = '.local-stripe';
const IN_MEMORY = ':memory:';

export const HELP = `A Stripe on this machine: answers the API, shows Checkout, sends signed webhooks. No account, no network, no money.

  local-stripe [options]

  --port PORT             port to listen on; 0 picks a free one (default ${DEFAULT_PORT})
  --host ADDRESS          address to listen on (default: this machine alone, 127.0.0.1 and ::1); 0.0.0.0 in a container
  --allow-host NAME       host name to answer to besides localhost; may be given several times
  --forward-to URL        deliver every event to this address; may be given several times (default: deliver none)
  --no-forward            deliver none, whatever --forward-to says
  --webhook-secret SECRET what forwarded events are signed with (default: one made at random, kept with the state)
  --state FILE            keep the state in this file (default ${FOLDER}/state.db in the current folder)
  --memory                keep the state in memory: nothing is left after the process
  --seed FILE             make the calls of this fixture file of the Stripe CLI, where the state is new and after a reset
  --lenient               take parameters that Stripe has and this has not yet, without effect; the log names them
  --tls                   also answer as api.stripe.com, over TLS, for clients that cannot be pointed elsewhere
  --tls-port PORT         port for it (default ${HTTPS_PORT})
  --tls-folder FOLDER     where its certificate and key are kept (default: tls/ beside the state file)
  --help, --version

The README says what it can do: https://www.npmjs.com/package/local-stripe`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  'forward-to': { type: 'string', multiple: true },
  'no-forward': { type: 'boolean' },
  'webhook-secret': { type: 'string' },
  state: { type: 'string' },
  memory: { type: 'boolean' },
  seed: { type: 'string' },
  lenient: { type: 'boolean' },
  tls: { type: 'boolean' },
  'tls-port': { type: 'string' },
  'tls-folder': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The parsed command line. */
export type Asked = { show: 'help' | 'version' } | { start: SandboxOptions };

/** An invalid command line; the message says why. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}\nlocal-stripe --help lists all options.`, options);
    this.name = 'UsageError';
  }
}

/** Reads the arguments of `local-stripe`. Throws UsageError. */
export function readArguments(args: readonly string[]): Asked {
  const values = parse(args);
  if (values.help) return { show: 'help' };
  if (values.version) return { show: 'version' };
  if (values.memory && values.state !== undefined) throw new UsageError('--memory and --state exclude each other');
  const { host, seed: seedFile, 'webhook-secret': webhookSecret } = values;
  const stateFile = values.memory ? IN_MEMORY : (values.state ?? join(FOLDER, 'state.db'));
  const tlsFolder = values['tls-folder'] ?? join(values.memory ? FOLDER : dirname(stateFile), 'tls');
  return {
    start: {
      port: readPort('--port', values.port, DEFAULT_PORT),
      ...(host !== undefined && { host }),
      allowedHosts: values['allow-host'] ?? [],
      stateFile,
      forwardTo: values['no-forward'] ? [] : (values['forward-to'] ?? []).map(readUrl),
      ...(webhookSecret !== undefined && { webhookSecret }),
      ...(seedFile !== undefined && { seedFile }),
      ...(values.lenient && { lenient: true }),
      ...(values.tls && { tls: { port: readPort('--tls-port', values['tls-port'], HTTPS_PORT), folder: tlsFolder } }),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readPort(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new UsageError(`${option} takes a port from 0 to 65535, not ${text}`);
  return port;
}

/** Like the Stripe CLI, takes http where there is no scheme: `localhost:8000/webhook`. */
function readUrl(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url))
    throw new UsageError(`--forward-to takes an address like http://localhost:8000/webhook, not ${text}`);
  return url;
}
