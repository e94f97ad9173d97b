import { maskSecrets } from '../config/mask-secrets.js';
import { OperatorError } from '../config/settings.error.js';

/** Why a port cannot be had, and what to do, by the system's code. */
const LISTENING: Record<string, string> = {
  EADDRINUSE: 'another process has it. Stop that one, or choose another port (PORT; SANDBOX_PORT for the sandbox).',
  EACCES: 'this user may not open it. Choose a port of 1024 or more (PORT; SANDBOX_PORT for the sandbox).',
  EADDRNOTAVAIL: 'the address is none of this machine. Choose another one.',
};

/** An error as it is printed: what an operator can mend in a sentence, all else with its stack; never with a secret. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return maskSecrets(String(error));
  const operators = error instanceof OperatorError ? error.message : listening(error);
  return maskSecrets(operators ?? error.stack ?? error.message);
}

function listening(error: NodeJS.ErrnoException & { port?: number }): string | undefined {
  const reason = error.syscall === 'listen' ? LISTENING[error.code ?? ''] : undefined;
  return reason && `Port ${error.port} cannot be listened on: ${reason}`;
}
