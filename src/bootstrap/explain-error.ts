import { maskSecrets } from '../config/mask-secrets.js';
import { OperatorError } from '../config/settings.error.js';

/** Why a port cannot be opened, and what to do, by the system's error code. */
const LISTEN_ERRORS: Record<string, string> = {
  EADDRINUSE:
    'another process uses it. Stop that process, or choose another port (PORT; SANDBOX_PORT for the local Stripe).',
  EACCES: 'this user may not open it. Choose a port of 1024 or more (PORT; SANDBOX_PORT for the local Stripe).',
  EADDRNOTAVAIL: 'this machine does not have the address. Choose another one.',
};

/** An error as text for the log: a sentence if an operator can correct it, otherwise with its stack. Secrets are masked. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return maskSecrets(String(error));
  const explanation = error instanceof OperatorError ? error.message : explainListenError(error);
  return maskSecrets(explanation ?? error.stack ?? error.message);
}

function explainListenError(error: NodeJS.ErrnoException & { port?: number }): string | undefined {
  const reason = error.syscall === 'listen' ? LISTEN_ERRORS[error.code ?? ''] : undefined;
  return reason && `Cannot listen on port ${error.port}: ${reason}`;
}
