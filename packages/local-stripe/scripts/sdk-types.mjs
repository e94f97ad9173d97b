// What the types of the official SDK know, as one value: methods with their parameters, objects with their expandable
// fields, event types. Read with the compiler, since the types are the only complete list that Stripe publishes.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ESM = dirname(fileURLToPath(import.meta.resolve('stripe')));
const CORE = join(ESM, 'stripe.core.d.ts');
/** Types that are one value on the wire. */
const SCALARS = new Set(['Decimal', 'Date', 'Buffer', 'Uint8Array', 'FileData']);

export function readSdk() {
  const program = ts.createProgram([CORE], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    types: [],
  });
  const types = new SdkTypes(program.getTypeChecker());
  const sources = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${ESM}/resources/`));
  const version = JSON.parse(readFileSync(join(ESM, '..', 'package.json'), 'utf8')).version;
  return {
    version,
    methods: methodsOf(types, program.getSourceFile(CORE)),
    params: types.nodes,
    objects: objectsOf(types, sources),
    events: eventsOf(types, sources),
  };
}

class SdkTypes {
  /** Parameter trees: each node maps a field to the index of its own node; 0 is a value, `*` is any field. */
  nodes = [{}];
  indexes = new Map([['{}', 0]]);
  known = new Map();

  constructor(checker) {
    this.checker = checker;
  }

  typeOf(symbol) {
    return this.checker.getTypeOfSymbol(symbol);
  }

  /** The members of a union, without null and undefined. */
  members(type) {
    return (type.isUnion() ? type.types : [type]).filter(
      ({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)),
    );
  }

  elementOf(type) {
    return this.checker.isArrayType(type) ? this.checker.getTypeArguments(type)[0] : undefined;
  }

  isPlainObject(type) {
    return Boolean(type.flags & ts.TypeFlags.Object) && !SCALARS.has(type.symbol?.name) && !this.elementOf(type);
  }

  /** The index of the parameter tree of a type. */
  treeOf(type) {
    if (this.known.has(type)) return this.known.get(type);
    this.known.set(type, 0); // a type within itself is a value
    const fields = {};
    for (const member of this.members(type)) {
      const element = this.elementOf(member);
      if (element) Object.assign(fields, this.nodes[this.treeOf(element)]);
      else if (this.isPlainObject(member)) Object.assign(fields, this.fieldsOf(member));
    }
    const index = this.intern(Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))));
    this.known.set(type, index);
    return index;
  }

  fieldsOf(type) {
    const anyField = type.getStringIndexType();
    if (anyField) return { '*': this.treeOf(anyField) };
    return Object.fromEntries(
      this.checker.getPropertiesOfType(type).map((property) => [property.name, this.treeOf(this.typeOf(property))]),
    );
  }

  intern(node) {
    const key = JSON.stringify(node);
    const index = this.indexes.get(key) ?? this.nodes.push(node) - 1;
    this.indexes.set(key, index);
    return index;
  }

  /** The name in `object` of a type of Stripe's objects. */
  kindOf(type) {
    const property = type.getProperty?.('object');
    const literal = property && this.typeOf(property);
    return literal?.isStringLiteral() ? literal.value : undefined;
  }
}

/** `POST /v1/refunds/:id` to its name in the SDK and its parameter tree. */
function methodsOf(types, core) {
  const stripe = core.statements.find((each) => ts.isClassDeclaration(each) && each.name?.text === 'Stripe');
  const methods = {};
  const visit = (type, name) => {
    const declaration = type.symbol?.declarations?.[0];
    if (!declaration?.getSourceFile().fileName.startsWith(`${ESM}/resources/`)) return;
    const paths = pathsIn(declaration.getSourceFile().fileName, type.symbol.name);
    for (const property of types.checker.getPropertiesOfType(type)) {
      const of = types.typeOf(property);
      const [signature] = of.getCallSignatures();
      if (!signature) visit(of, `${name}.${property.name}`);
      else if (paths[property.name]) {
        const params = signature.getParameters().find((parameter) => parameter.name === 'params');
        const { expand: _, ...fields } = params ? types.nodes[types.treeOf(types.typeOf(params))] : {};
        methods[paths[property.name]] = { name: `${name.slice(1)}.${property.name}`, params: types.intern(fields) };
      }
    }
  };
  for (const property of types.checker.getPropertiesOfType(types.checker.getTypeAtLocation(stripe))) {
    visit(types.typeOf(property), `.${property.name}`);
  }
  return methods;
}

/** The HTTP method and path of each method of a class, from the code beside the types. Older API only (`/v1`). */
function pathsIn(typesFile, className) {
  const code = readFileSync(typesFile.replace(/\.d\.ts$/, '.js'), 'utf8');
  const [, body = ''] = code.split(`class ${className} `);
  const [own] = body.split(/^}/m);
  const calls = own.matchAll(/^ {4}(\w+)\([^)]*\) \{[^]*?_makeRequest\('(\w+)', [`'](\/v1[^`']*)[`']/gm);
  return Object.fromEntries(
    [...calls].map(([, method, verb, path]) => [method, `${verb} ${path.replaceAll(/\$\{[^}]*\}/g, ':id')}`]),
  );
}

/**
 * Expandable fields of each object by their path, with the kinds that they refer to: `list` and kinds for a list, nothing
 * for a part that only some answers have.
 */
function objectsOf(types, sources) {
  const objects = {};
  for (const source of sources) {
    if (source.fileName.includes('/V2/')) continue;
    for (const statement of source.statements) {
      if (!ts.isInterfaceDeclaration(statement)) continue;
      const type = types.checker.getTypeAtLocation(statement);
      const kind = types.kindOf(type);
      if (!kind || kind === 'event' || kind === 'list') continue;
      const expandable = {};
      addExpandable(types, type, '', expandable, new Set());
      objects[kind] = { ...objects[kind], ...expandable };
    }
  }
  return sorted(objects);
}

function addExpandable(types, type, prefix, found, within) {
  if (within.has(type)) return;
  const inside = new Set([...within, type]);
  for (const property of types.checker.getPropertiesOfType(type)) {
    const path = prefix + property.name;
    const members = types
      .members(types.typeOf(property))
      .flatMap((member) => types.members(types.elementOf(member) ?? member));
    const objects = members.filter((member) => types.isPlainObject(member));
    const kinds = [...new Set(objects.map((member) => types.kindOf(member)).filter(Boolean))];
    const isText = members.some(({ flags }) => flags & ts.TypeFlags.StringLike);
    const isOptional = Boolean(property.flags & ts.SymbolFlags.Optional);
    if (kinds.includes('list')) found[path] = ['list', ...listedKinds(types, objects)];
    else if (kinds.length > 0 && (isText || isOptional)) found[path] = kinds.toSorted();
    else if (kinds.length === 0) {
      if (isOptional && prefix === '' && objects.length > 0) found[path] = [];
      for (const object of objects) addExpandable(types, object, `${path}.`, found, inside);
    }
  }
}

function listedKinds(types, objects) {
  const data = objects.map((list) => list.getProperty('data')).find(Boolean);
  const element = data && types.elementOf(types.typeOf(data));
  const kinds = (element ? types.members(element) : []).map((member) => types.kindOf(member)).filter(Boolean);
  return [...new Set(kinds)].toSorted();
}

/** Event types with the kind of their object. */
function eventsOf(types, sources) {
  const events = {};
  const source = sources.find(({ fileName }) => fileName.endsWith('/resources/Events.d.ts'));
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue;
    const type = types.checker.getTypeAtLocation(statement);
    const name = type.getProperty('type') && types.typeOf(type.getProperty('type'));
    const data = type.getProperty('data') && types.typeOf(type.getProperty('data')).getProperty('object');
    if (name?.isStringLiteral() && data)
      events[name.value] = types.kindOf(types.members(types.typeOf(data))[0]) ?? null;
  }
  return sorted(events);
}

const sorted = (object) => Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
