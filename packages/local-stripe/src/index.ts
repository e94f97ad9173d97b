export type { Fault } from './faults/fault.js';
export type { SandboxOptions } from './options.js';
export { PortTakenError } from './port-taken-error.js';
export { startSandbox, type RunningSandbox } from './local-stripe.js';
export { StateFileError } from './state/state-file-error.js';
