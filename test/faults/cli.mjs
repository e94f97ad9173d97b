// The built command line, with the tests' handlers: it must know who takes what, as the app does.
import './handlers.mjs';

await import('../../dist/cli/main.js');
