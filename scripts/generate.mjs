#!/usr/bin/env node
// Makes js/schema.gen.ts and docs/reference.md from the schema, which the C++ that owns it prints, and from the header's error codes;
// and js/world.gen.ts from the header of the simulated world.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exists, fail, output, root, SetupError } from './setup/shell.mjs';
import { worldNames } from './world-names.mjs';

const help = `Usage: node scripts/generate.mjs [--check]

  --check  change nothing; exit code 1 if a generated file is out of date
  --help   this text`;

const printer = join(root, 'build/release/sensorium_schema');

function readSchema() {
  if (!exists(printer)) throw new SetupError('build/release/sensorium_schema is not there. Run: node scripts/build.mjs native');
  const text = output(printer, []);
  if (text === null) throw new SetupError(`${printer} failed`);
  return { ...JSON.parse(text), errors: readErrors() };
}

/** The enum ErrorCode with each one's comment, but `ok`. */
function readErrors() {
  const header = readFileSync(join(root, 'core/include/sensorium/types.h'), 'utf8');
  const body = /enum class ErrorCode[^{]*{([^}]*)}/.exec(header)?.[1] ?? '';
  const rows = [...body.matchAll(/^ *(\w+), *(?:\/\/ (.*))?$/gm)]
    .map(([, name, doc]) => ({ name, doc: doc ?? '' }))
    .filter(({ name }) => name !== 'ok');
  if (rows.length === 0) throw new SetupError('core/include/sensorium/types.h: found no enum ErrorCode of the expected form');
  return rows;
}

const isInfinite = (bound) => typeof bound === 'string';
const choices = (option) => option.choices.map((choice) => `'${choice}'`).join(' | ');

const floatMax = 3.4e38;

/** The range in words; '' where a type says it all. */
function rangeOf(option) {
  const { min, max } = option;
  if (option.type === 'string' || option.type === 'bytes') return `${min} to ${max} bytes`;
  if (option.type === 'boolean') return '';
  if (option.type === 'choice') return option.choices.join(', ');
  const low = min === '-Infinity' || min < -floatMax;
  const high = max === 'Infinity' || max > floatMax;
  const ends = [min, max]
    .filter(isInfinite)
    .map((end) => ` or ${end}`)
    .join('');
  if (low && high) return `any finite number${ends}`;
  return high ? `${number(min)} or more${isInfinite(max) ? ', Infinity too' : ''}` : `${number(min)} to ${number(max)}`;
}

/** Numbers as people write them: 1000000, 1e9, 2^53 - 1. */
function number(value) {
  if (value === Number.MAX_SAFE_INTEGER) return '2^53 - 1';
  const plain = String(Number(value.toPrecision(7)));
  const short = value.toExponential().replace('e+', 'e');
  return plain.length > 7 && short.length < plain.length ? short : plain;
}

const defaultOf = (option) =>
  option.default === null
    ? ''
    : typeof option.default === 'number'
      ? number(option.default)
      : option.default === 'NaN'
        ? ''
        : String(option.default);

const sentence = (text) => (/[.?!]$/.test(text) ? text : `${text}.`);

/** A doc comment, on one line where it fits. */
function comment(text, indent = '') {
  const safe = text.replaceAll('*/', '* /');
  if (indent.length + safe.length <= 110) return `${indent}/** ${safe} */\n`;
  const lines = safe.match(/\S.{0,108}(?=\s|$)/g);
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function optionDoc(option) {
  const range = option.type === 'choice' ? '' : rangeOf(option);
  const standard = defaultOf(option);
  const end = [range && `Range: ${range}`, option.unit && `Unit: ${option.unit}`, standard && `Default: ${standard}`]
    .filter(Boolean)
    .map(sentence)
    .join(' ');
  return `${sentence(option.doc)} ${end}`.trim();
}

function optionType(option) {
  switch (option.type) {
    case 'integer':
      return 'number';
    // JSON has no infinities: null stands for the one at the range's open end.
    case 'number':
      return isInfinite(option.min) || isInfinite(option.max) ? 'number | null' : 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    case 'choice':
      return choices(option);
    case 'floats':
      return 'Numbers';
    case 'bytes':
      return 'Uint8Array | ArrayBuffer';
    default:
      throw new Error(`the schema has an option type that generate.mjs does not know: ${option.type}`);
  }
}

const field = (name, type, doc, indent = '  ') => `${comment(doc, indent)}${indent}readonly ${name}?: ${type} | undefined;\n`;
const interfaceOf = (name, doc, body) => `${comment(doc)}export interface ${name} {\n${body}}\n\n`;
/** A list whose records are nothing but a name is an array of text. */
const isTexts = ({ path, named }, options) => !named && options.filter(({ scope }) => scope === path).every((option) => option.path === 'name');

const recordType = { channels: 'ChannelOptions', modalities: 'ModalityOptions', 'network.layers': 'LayerOptions' };
const listType = {
  channels: 'Readonly<Record<Channel, ChannelOptions>>',
  modalities: 'Readonly<Partial<Record<ModalityOf<Channel>, ModalityOptions>>>',
  'network.layers': 'readonly LayerOptions[]',
  'history.columns': 'readonly string[]',
};
/** "events.anomaly" → EventsAnomalyOptions. */
const groupType = (group) => `${group.split('.').map((word) => word[0].toUpperCase() + word.slice(1)).join('')}Options`;
const parentOf = (path) => path.slice(0, Math.max(path.lastIndexOf('.'), 0));
const lastOf = (path) => path.slice(path.lastIndexOf('.') + 1);

/** Every group of options there is, "events" before "events.anomaly". */
function groupsOf({ options, lists }) {
  const groups = new Set();
  const add = (path) => {
    if (path === '') return;
    add(parentOf(path));
    groups.add(path);
  };
  for (const { path } of [...options.filter(({ scope }) => scope === 'root'), ...lists]) add(parentOf(path));
  return [...groups];
}

function optionTypes({ options, lists }) {
  const of = (scope) => options.filter((option) => option.scope === scope);
  let text = '';
  for (const list of lists.filter((row) => !isTexts(row, options))) {
    const named = list.named;
    const rows = of(list.path).filter((option) => !(named && option.path === 'name'));
    text += interfaceOf(
      recordType[list.path],
      `One of \`${list.path}\`.`,
      rows.map((option) => field(option.path, optionType(option), optionDoc(option))).join(''),
    );
  }
  const groups = groupsOf({ options, lists });
  const member = (row) =>
    'named' in row ? field(lastOf(row.path), listType[row.path], sentence(row.doc)) : field(lastOf(row.path), optionType(row), optionDoc(row));
  const membersOf = (group) =>
    [...of('root'), ...lists].filter(({ path }) => parentOf(path) === group).map(member).join('') +
    groups
      .filter((path) => parentOf(path) === group)
      .map((path) => `  readonly ${lastOf(path)}?: ${groupType(path)} | undefined;\n`)
      .join('');
  for (const group of groups) text += interfaceOf(groupType(group), `Options \`${group}\`.`, membersOf(group));
  const body = membersOf('');
  return (
    text +
    interfaceOf(
      'EngineOptions<Channel extends string = string>',
      'Everything that an engine can be told; what is left out has its default.',
      body,
    )
  );
}

const arrays = { f32: 'Float32Array', f64: 'Float64Array', u8: 'Uint8Array', u32: 'Uint32Array', i32: 'Int32Array' };

/** Lists of planes, one column each; any other list is values of one row after those of another. */
const planeLists = new Set(['outputs', 'horizon', 'features', 'modalities']);

function columnDoc(row) {
  const shape = row.list && !planeLists.has(row.list) && `Values a row: ${row.list}`;
  const of = [shape, row.range && `Range: ${row.range}`, row.unit && `Unit: ${row.unit}`, row.when && `Only where ${row.when}`]
    .filter(Boolean)
    .map(sentence)
    .join(' ');
  return `${sentence(row.doc)} ${of}`.trim();
}

/** {a: {b: row}} from rows with paths like "results.a.b", whose first part is left out if it is `prefix`. */
function treeOf(rows, prefix) {
  const tree = {};
  for (const row of rows) {
    const parts = row.path.split('.').slice(prefix ? 1 : 0);
    const leaf = parts.pop();
    let at = tree;
    for (const part of parts) at = at[part] ??= {};
    at[leaf] = row;
  }
  return tree;
}

function columnFields(tree, indent = '  ') {
  return Object.entries(tree)
    .map(([name, row]) => {
      if (typeof row.path !== 'string') return `${indent}readonly ${name}: {\n${columnFields(row, `${indent}  `)}${indent}};\n`;
      if (!arrays[row.type]) throw new Error(`the schema has a column type that generate.mjs does not know: ${row.type}`);
      const type = planeLists.has(row.list) ? `readonly ${arrays[row.type]}[]` : arrays[row.type];
      return `${comment(columnDoc(row), indent)}${indent}readonly ${name}: ${type};\n`;
    })
    .join('');
}

/** One row a group of columns: those of "position" come and go together. */
function conditional({ inputs, results }) {
  const groups = new Map(
    [...inputs, ...results]
      .filter(({ when }) => when)
      .map(({ path, when }) => [
        path
          .split('.')
          .slice(0, path.startsWith('results.') ? 2 : 1)
          .join('.'),
        when,
      ]),
  );
  return [...groups].map(([path, when]) => `  ['${path}', '${when}'],\n`).join('');
}

/** The figures of metrics(), one object within another. */
function metricFields(tree, indent = '  ') {
  return Object.entries(tree)
    .map(([name, row]) => {
      if (typeof row.path !== 'string') return `${indent}${name}: {\n${metricFields(row, `${indent}  `)}${indent}};\n`;
      return `${comment(row.unit ? `${sentence(row.doc)} Unit: ${row.unit}.` : sentence(row.doc), indent)}${indent}${name}: number;\n`;
    })
    .join('');
}

/** Getters on a prototype, one function each: V8 inlines these, and a time read through them is no object on the heap. */
function statisticsClass({ statistics }) {
  const rows = statistics.map((row) => ({ row, name: row.path.split('.')[1] }));
  const each = (text) => rows.map(text).join('');
  return `/** One value an engine, current after each tick. */
export class Statistics {
${each(({ name }) => `  readonly #${name}: Float64Array;\n`)}
  /** @internal */
  constructor(column: (name: string) => Float64Array) {
${each(({ name }) => `    this.#${name} = column('${name}');\n`)}  }

${each(({ row, name }) => `${comment(columnDoc(row), '  ')}  get ${name}(): number {\n    return this.#${name}[0]!;\n  }\n`)}
  toJSON(): Record<${rows.map(({ name }) => `'${name}'`).join(' | ')}, number> {
    return {
${each(({ name }) => `      ${name}: this.${name},\n`)}    };
  }
}
`;
}

/** What the walker of options must know: where objects are, and which infinity null means. */
function structure({ options, lists }) {
  const groups = groupsOf({ options, lists });
  const nulls = options
    .filter((option) => option.type === 'number' && (isInfinite(option.min) || isInfinite(option.max)))
    .map((option) => [
      option.scope === 'root' ? option.path : `${option.scope}.${option.path}`,
      isInfinite(option.max) ? 'Infinity' : '-Infinity',
    ]);
  const list = (paths) => `new Set([${paths.map((path) => `'${path}'`).join(', ')}])`;
  return `/** Paths whose value is an object of options. */
export const groupPaths: ReadonlySet<string> = ${list(groups)};

/** Paths whose value is an object of records by name. */
export const recordPaths: ReadonlySet<string> = ${list(lists.filter(({ named }) => named).map(({ path }) => path))};

/** Paths whose value is an array of records. */
export const listPaths: ReadonlySet<string> = ${list(lists.filter((row) => !row.named && !isTexts(row, options)).map(({ path }) => path))};

/** Paths whose value is an array of text. */
export const textListPaths: ReadonlySet<string> = ${list(lists.filter((row) => isTexts(row, options)).map(({ path }) => path))};

/** Paths whose value is a file's bytes. */
export const bytesPaths: ReadonlySet<string> = ${list(options.filter(({ type }) => type === 'bytes').map(({ path }) => path))};

/** The infinity that null stands for, where a range ends in one: JSON has none. Within a record, its list's path comes first. */
export const nullValues: ReadonlyMap<string, number> = new Map([
${nulls.map(([path, value]) => `  ['${path}', ${value}],`).join('\n')}
]);
`;
}

function typescript(schema) {
  const flags = schema.flags.map((flag) => `${comment(sentence(flag.doc), '  ')}  ${flag.name}: ${flag.bit},\n`).join('');
  const events = schema.events.map(({ bit, kind, begin, end }) => `  { bit: ${bit}, kind: '${kind}', begin: '${begin}', end: '${end}' },\n`).join('');
  const codes = schema.errors.map(({ name, doc }) => `  /** ${doc} */\n  | '${name}'`).join('\n');
  return `// Made by scripts/generate.mjs from the schema of the C++ core (core/src/schema.cpp); edit that and run: npm run generate

/** A layer's weights or biases: flat, row-major; or one row a unit. */
export type Numbers = Float32Array | Float64Array | readonly number[] | readonly (readonly number[] | Float32Array)[];

/** Which build the addon and the module must be, to go with this: the version, and a checksum of the schema's names. @internal */
export const identity = '${schema.identity}';

/** Longer files are no models. */
export const mostModelBytes = ${schema.options.find(({ path }) => path === 'network.model').max};

/** The channels of the classic four-sensor system, which an engine has where none are given. */
export type ClassicChannel =
${schema.classic_channels.map(({ name }) => `  | '${name}'`).join('\n')};

/** What stands before the first dot of a channel's name. */
export type ModalityOf<Channel extends string> = Channel extends \`\${infer Modality}.\${string}\` ? Modality : Channel;

${optionTypes(schema)}/** Input columns beside the channels' own: views over the engine's own memory, one value an agent. */
export interface Inputs {
${columnFields(treeOf(schema.inputs))}}

/** Result columns: views over the engine's own memory, one value an agent, rewritten by every tick. */
export interface Results {
${columnFields(treeOf(schema.results, true))}}

${statisticsClass(schema)}
/** What an engine has done and what that took: see Sensorium.metrics(). What was not timed, or is not there, is 0. */
export interface Metrics {
${metricFields(treeOf(schema.metrics))}}

/** Where each figure stands, in the core's order. */
export const metricPaths: readonly string[] = [
${schema.metrics.map(({ path }) => `  '${path}',\n`).join('')}];

/** Bits of the columns \`flags\` and \`changes\`. */
export const Flag = {
${flags}} as const;

/** What begins and ends: its bit in \`changes\`, its record in the options \`events\`, and the kinds of its two events. */
export const eventKinds = [
${events}] as const;

/** Columns that only some engines have: their path without what they have in common, and where there are any. */
export const conditionalColumns: readonly (readonly [path: string, when: string])[] = [
${conditional(schema)}];

/** Codes of the core's errors. */
export type CoreErrorCode =
${codes};

${structure(schema)}`;
}

const cell = (text) => String(text).replaceAll('|', '\\|');
const table = (titles, rows) =>
  `| ${titles.join(' | ')} |\n|${titles.map(() => '---').join('|')}|\n${rows.map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('')}`;
const code = (text) => (text === '' ? '' : `\`${text}\``);

function markdown(schema) {
  const { options, lists, inputs, results, statistics, events, flags, errors, classic_channels: classic } = schema;
  const rowsOf = (scope, prefix) =>
    options
      .filter((option) => option.scope === scope && !(prefix.includes('<name>') && option.path === 'name'))
      .map((option) => [
        code(prefix.endsWith(']') ? prefix : prefix + option.path),
        option.type === 'choice' ? 'text' : option.type,
        rangeOf(option),
        option.unit,
        code(defaultOf(option)),
        sentence(option.doc),
      ]);
  const optionTitles = ['option', 'type', 'range', 'unit', 'default', 'meaning'];
  const prefixes = { channels: 'channels.<name>.', modalities: 'modalities.<name>.', 'network.layers': 'network.layers[i].', 'history.columns': 'history.columns[i]' };
  const nameOf = ({ path, list }) => (planeLists.has(list) ? `${path}[0..${list} - 1]` : path);
  const meaning = ({ doc, list, when }) =>
    [doc, list && !planeLists.has(list) && `${list} values a row`, when && `Only where ${when}`].filter(Boolean).map(sentence).join(' ');
  const columns = (rows) =>
    table(
      ['column', 'type', 'range', 'unit', 'meaning'],
      rows.map((row) => [code(nameOf(row)), row.type, row.range, row.unit, meaning(row)]),
    );
  const listSection = (list) =>
    `### \`${list.path}\`\n\n${sentence(list.doc)} ${list.min} to ${list.max} of them${list.named ? ', keyed by name' : ''}.\n\n` +
    table(optionTitles, rowsOf(list.path, prefixes[list.path]));
  return `# Reference

Made by \`npm run generate\` from the schema of the C++ core (\`core/src/schema.cpp\`); edit that, not this.
SI units throughout: metres, seconds, radians, hertz. In JSON, \`null\` stands for the infinity at which a range ends.

## Options

${table(optionTitles, rowsOf('root', ''))}
${lists.map(listSection).join('\n')}
### The classic channels

An engine without \`channels\` has these. Only features are read, fused and given to the network.

${table(
  ['channel', 'feature', 'weight', 'scale', 'absolute'],
  classic.map((row) => [
    code(row.name),
    row.feature ? 'yes' : '',
    ...(row.feature ? [row.weight, row.scale, row.absolute ? 'yes' : ''] : ['', '', '']),
  ]),
)}
## Columns

Beside the channels' own columns, \`sensors.<modality>.<channel>\`, f32, NaN or infinite where there is no reading, and where a modality is
timed \`sensors.<modality>.time\`, f64, seconds, NaN where the time is not told:

${columns(inputs)}
${columns(results)}
## Statistics

${columns(statistics)}
## Metrics

What \`metrics()\` tells. Figures of the machine's own clock, which are another each time, are those of \`latency\`, \`rate\`, \`agent_rate\` and
\`stages\`; what was not timed, or is not there, is 0.

${table(
  ['figure', 'unit', 'meaning'],
  schema.metrics.map(({ path, unit, doc }) => [code(path), unit, sentence(doc)]),
)}
## Flags

Bits of \`results.flags\`, what is so, and of \`results.changes\`, what began or ended.

${table(
  ['flag', 'bit', 'meaning'],
  flags.map((flag) => [code(flag.name), flag.bit, sentence(flag.doc)]),
)}
## Events

${table(
  ['begins', 'ends', 'bit of `changes`', 'meaning'],
  events.map((event) => [code(event.begin), code(event.end), event.bit, sentence(event.doc)]),
)}
## Error codes of the core

${table(
  ['code', 'meaning'],
  errors.map(({ name, doc }) => [code(name), doc]),
)}`;
}

function main() {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) return console.log(help);
  const schema = readSchema();
  const files = { 'js/schema.gen.ts': typescript(schema), 'docs/reference.md': markdown(schema), 'js/world.gen.ts': worldNames() };
  const stale = Object.entries(files).filter(
    ([name, text]) => !exists(join(root, name)) || readFileSync(join(root, name), 'utf8') !== text,
  );
  if (values.check) {
    if (stale.length > 0) throw new SetupError(`out of date: ${stale.map(([name]) => name).join(', ')}. Run: npm run generate, and commit`);
    return console.log('up to date');
  }
  for (const [name, text] of stale) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  console.log(stale.length === 0 ? 'up to date' : `wrote ${stale.map(([name]) => name).join(', ')}`);
}

try {
  main();
} catch (error) {
  fail(error);
}
