import vm from 'node:vm';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import packages from './packages.cjs';

/**
 * Where test files run: in Node's own context. Jest makes one for each file, with classes of its own: an `Error`, a `Date` and an
 * `Array` of another context are no `instanceof` those, so that each file would have to load the packages anew, too. Here they are
 * loaded once for all files of a worker (see runtime.cjs). Our own modules are loaded for each file, as Jest has it, and what a file
 * leaves in the globals is taken away after it.
 */
export default class NodesOwnContext {
  constructor({ projectConfig }) {
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null; // of Jest before 26
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.restoreGlobals = globalsNow();
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    await packages.reset();
    this.restoreGlobals();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return globalThis;
  }
}

/** @returns what brings the globals, the settings and the listeners of the process back to what they are now */
function globalsNow() {
  const globals = Object.getOwnPropertyDescriptors(globalThis);
  const environment = { ...process.env };
  const { exit } = process;
  const now = Date.now;
  const listeners = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  return () => {
    for (const key of Reflect.ownKeys(globalThis))
      if (!Object.hasOwn(globals, key)) Reflect.deleteProperty(globalThis, key);
    globalThis.console = globals.console.value;
    for (const name of Object.keys(process.env)) if (!Object.hasOwn(environment, name)) delete process.env[name];
    Object.assign(process.env, environment);
    process.exit = exit; // Jest replaces it for each file
    Date.now = now;
    for (const name of process.eventNames())
      for (const listener of process.rawListeners(name))
        if (!listeners.get(name)?.includes(listener)) process.removeListener(name, listener);
  };
}

/** Jest always names a context. Node's own is the one that is meant where none is named, and cannot be named otherwise. */
const unlessOwn = (context) => (context === globalThis ? undefined : context);

for (const name of ['SourceTextModule', 'SyntheticModule']) {
  const Module = vm[name];
  vm[name] = class extends Module {
    constructor(...parts) {
      const options = parts.pop();
      super(...parts, { ...options, context: unlessOwn(options.context) });
    }
  };
}
const { compileFunction } = vm;
vm.compileFunction = (code, names, options) =>
  compileFunction(code, names, { ...options, parsingContext: unlessOwn(options.parsingContext) });
