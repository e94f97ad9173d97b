import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * How Jest compiles TypeScript: each file by itself, as `isolatedModules` has it; types are checked by `npm run check`. ts-jest,
 * which we had, does the same, but it makes the configuration of the project that a test belongs to a part of each file's key in
 * Jest's cache, so that every file was compiled once for each of the five projects: on a clean clone a minute of computing time.
 */
const require = createRequire(import.meta.url); // TypeScript is loaded where a file is not in the cache, and only there
const SETTINGS = new URL('../../../tsconfig.json', import.meta.url);
/** What the compiled code depends on besides the file. */
const COMPILER = [import.meta.url, SETTINGS, new URL('../../../node_modules/typescript/package.json', import.meta.url)]
  .map((path) => readFileSync(new URL(path), 'utf8'))
  .join('\0');
let compilerOptions;

export default {
  getCacheKey: (source, path) => createHash('sha1').update([COMPILER, path, source].join('\0')).digest('hex'),

  process(source, path) {
    const ts = require('typescript');
    compilerOptions ??= readOptions(ts);
    const { outputText: code } = ts.transpileModule(source, { compilerOptions, fileName: path });
    return { code };
  },
};

function readOptions(ts) {
  const { config } = ts.readConfigFile(fileURLToPath(SETTINGS), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  // A file compiled by itself has no package.json that would say that it is a module.
  return { ...options, module: ts.ModuleKind.ESNext, inlineSourceMap: true, inlineSources: true, sourceMap: false };
}
