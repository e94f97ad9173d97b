const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { SyntheticModule } = require('node:vm');

/** The packages that Node has loaded, as Jest's modules, by their path. */
const loaded = new Map();
/** Node does not load a CommonJS package that requires an ES module while that is being loaded for another one. */
let last = Promise.resolve();

/** The module of a package, which all test files share. */
exports.sharedModule = (path) => {
  if (!loaded.has(path)) loaded.set(path, (last = last.catch(() => undefined).then(() => load(path))));
  return loaded.get(path);
};

async function load(path) {
  const exports = await import(pathToFileURL(path).href);
  if (isFile(path, '@nestjs/common/index.js')) loggerAtFirst = { ...exports.Logger };
  const names = Object.keys(exports);
  const module = new SyntheticModule(
    names,
    function setExports() {
      for (const name of names) this.setExport(name, exports[name]);
    },
    { identifier: path },
  );
  await module.link(() => undefined);
  await module.evaluate();
  return module;
}

/** Nest's logger as it is without an app. */
let loggerAtFirst;

/** Makes the packages forget the classes and the logger of the test file that has ended. TypeORM has its own in a global. */
exports.reset = async () => {
  for (const path of loaded.keys()) {
    if (isFile(path, '@nestjs/common/index.js')) {
      const { Logger } = await import(pathToFileURL(path).href);
      Object.assign(Logger, loggerAtFirst);
    }
    if (isFile(path, '@nestjs/typeorm/dist/index.js')) {
      const part = (name) => import(pathToFileURL(join(dirname(path), name)).href);
      (await part('entities-metadata.storage.js')).EntitiesMetadataStorage.storage.clear();
      (await part('data-source-name.registry.js')).DataSourceNameRegistry.registeredNames.clear();
    }
  }
};

const isFile = (path, ofPackage) => path.endsWith(join('node_modules', ofPackage));
