// How Jest finds `./x.js`: as the TypeScript file that it is compiled from. In jest.config.mjs a pattern would do the same, and
// would be tried on each import of each package too.
const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '../../..');
const found = new Map();

module.exports = (request, options) => {
  const isOurs = /^\.\.?\/.*\.js$/.test(request) && !options.basedir.includes('/node_modules/');
  return (isOurs && typescriptOf(request.slice(0, -3), options.basedir)) || options.defaultResolver(request, options);
};

/** examples/ is written as if it were in src/. */
function typescriptOf(request, from) {
  const paths = [join(from, `${request}.ts`), join(ROOT, 'src', `${request.replace(/^\.\.\//, '')}.ts`)];
  const key = paths[0];
  if (!found.has(key)) found.set(key, paths.find(existsSync));
  return found.get(key);
}
