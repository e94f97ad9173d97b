// Writes docs/coverage.md: what the official SDK's types know, and what of it the local Stripe has. Reads the build.
// With --check: exit status 1 where the file is out of date.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addRoutes } from '../dist/api/index.js';
import { ApiRouter } from '../dist/conventions/api-router.js';
import { sdk } from '../dist/conventions/sdk.js';

const PACKAGE = join(import.meta.dirname, '..');
const FILE = join(PACKAGE, 'docs', 'coverage.md');

const router = new ApiRouter(undefined, undefined);
addRoutes(router);
const sources = readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes('event-names'))
  .map((name) => readFileSync(join(PACKAGE, 'src', name), 'utf8'))
  .join('\n');

/** Every parameter of a node of the SDK's facts, as paths, with whether a reader here takes it. */
function parametersOf(index, reader, prefix = '') {
  return Object.entries(sdk.params[index]).flatMap(([name, inner]) => {
    const path = prefix ? `${prefix}[${name}]` : name;
    const taken = reader === 'any' || Boolean(reader?.fields && (reader.fields[name] ?? reader.fields['*']));
    const own = taken ? innerReader(reader, name) : undefined;
    return [{ path, taken }, ...(taken ? parametersOf(inner, own, path) : [])];
  });
}

/** The reader of a field; `any` where it takes all that is inside. */
function innerReader(reader, name) {
  const inner = reader === 'any' ? 'any' : (reader.fields[name] ?? reader.fields['*']);
  return inner === 'any' || inner.fields ? inner : 'any';
}

const resources = new Map();
for (const [method, { name, params }] of Object.entries(sdk.methods)) {
  const resource = name.split('.').slice(0, -1).join('.');
  const endpoint = router.routes.get(method);
  const all = endpoint ? parametersOf(params, endpoint.params) : [];
  resources.set(resource, [...(resources.get(resource) ?? []), { method, name, endpoint, all }]);
}

const mention = (text) => sources.includes(`'${text}'`);
const count = (list, is) => list.filter(is).length;
const code = (text) => `\`${text}\``;
const has = ({ endpoint }) => endpoint !== undefined;

const known = [...resources].filter(([, methods]) => methods.some(has)).toSorted(([a], [b]) => (a < b ? -1 : 1));
const unknown = [...resources.keys()].filter((name) => !known.some(([other]) => other === name)).toSorted();

const kindsHere = new Set(
  [...readFileSync(join(PACKAGE, 'src/model/wire.ts'), 'utf8').matchAll(/^ {2}'?([\w.]+)'?: \w+;$/gm)].map(
    ([, kind]) => kind,
  ),
);
const events = Object.entries(sdk.events);

const lines = [
  '# What the local Stripe has',
  '',
  `Generated from the types of stripe-node ${sdk.version} and the routes here, by \`scripts/coverage.mjs\`: not written by hand.`,
  'A parameter that is not named as missing is read here; one that is missing is answered with an error of its own, or taken without effect with `--lenient`.',
  '',
  '| resource | methods | parameters |',
  '| --- | --- | --- |',
  ...known.map(([name, methods]) => {
    const all = methods.filter(has).flatMap((each) => each.all);
    return `| ${code(name)} | ${count(methods, has)} of ${methods.length} | ${count(all, ({ taken }) => taken)} of ${all.length} |`;
  }),
  '',
];

for (const [name, methods] of known) {
  lines.push(`## ${name}`, '');
  for (const { method, name: full, endpoint, all } of methods) {
    const missing = all.filter(({ taken }) => !taken).map(({ path }) => code(path));
    const what = !endpoint
      ? 'not here'
      : missing.length === 0
        ? 'with all parameters'
        : `without ${missing.join(', ')}`;
    lines.push(`- ${code(full.split('.').at(-1))} ${code(method)}: ${what}`);
  }
  lines.push('');
}

lines.push(
  '## Expansions',
  '',
  'Fields that can be expanded, by object; those of objects that are not here stay an id.',
  '',
);
for (const [kind, fields] of Object.entries(sdk.objects)) {
  if (!kindsHere.has(kind)) continue;
  const paths = Object.entries(fields).filter(([, [first]]) => first !== undefined);
  if (paths.length > 0) {
    const shown = paths.map(([path, kinds]) =>
      kinds.some((each) => each === 'list' || kindsHere.has(each)) ? code(path) : `${code(path)} (stays an id)`,
    );
    lines.push(`- ${code(kind)}: ${shown.join(', ')}`);
  }
}
lines.push('', '## Events', '', `Recorded: ${count(events, ([type]) => mention(type))} of ${events.length}.`, '');
lines.push(
  events
    .filter(([type]) => mention(type))
    .map(([type]) => code(type))
    .join(', '),
  '',
);
lines.push(
  'Never recorded here: ' +
    events
      .filter(([type]) => !mention(type))
      .map(([type]) => code(type))
      .join(', '),
  '',
);
lines.push('## Resources that are not here', '', unknown.map((name) => code(name)).join(', '), '');

const wanted = lines.join('\n');
mkdirSync(join(PACKAGE, 'docs'), { recursive: true });
if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
else if (readFileSync(FILE, 'utf8') !== wanted) {
  console.error(`${FILE} is out of date: run node packages/local-stripe/scripts/coverage.mjs after npm run build`);
  process.exitCode = 1;
}
