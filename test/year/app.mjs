// The built app as it is deployed, with what the year's test adds to it.
import './shop.mjs';

process.on('disconnect', () => process.exit(1)); // the test has ended

await import('../../dist/main.js');
