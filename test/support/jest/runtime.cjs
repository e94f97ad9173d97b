const { sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');
const { sharedModule } = require('./packages.cjs');

const IN_PACKAGES = `${sep}node_modules${sep}`;
const BY_NAME = /^[a-z@]/;

/**
 * Loads our own modules for each test file, as Jest does, and packages by Node, once for all files of a worker: Nest, TypeORM, Stripe's
 * SDK and what they need are 1,700 modules, two thirds of what a test file took before its first test.
 */
module.exports = class extends Runtime {
  constructor(...parts) {
    super(...parts);
    const { esmLoader } = this;
    const { resolution } = esmLoader;
    resolution.hasDistinctAsyncResolver = () => true; // else Jest links without `resolveModule` from Node 24 on
    const resolveModule = esmLoader.resolveModule.bind(esmLoader);
    esmLoader.resolveModule = async (specifier, from, context) => {
      if (BY_NAME.test(specifier) && specifier !== '@jest/globals' && !resolution.isCoreModule(specifier)) {
        const path = await resolution.resolveEsmAsync(from, specifier);
        if (path.includes(IN_PACKAGES)) return sharedModule(path);
      }
      return resolveModule(specifier, from, context);
    };
  }
};
