// The built app as it is deployed, with the tests' handlers.
import './handlers.mjs';

await import('../../dist/main.js');
