export type { Fault } from './faults/fault.js';
export { FixtureError } from './fixtures/fixture-file.js';
export { PortForbiddenError, PortTakenError } from './http/listen.js';
export { startSandbox, type RunningSandbox } from './local-stripe.js';
export type { SandboxOptions, TlsOptions } from './options.js';
export { StateFileError } from './state/database.js';
