// js/world.gen.ts from the header of the simulated world: the names of what can be wrong and what can happen, in the order of their numbers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, SetupError } from './setup/shell.mjs';

const header = 'world/include/sensorium/world.h';

const enums = [
  { type: 'Modality', list: 'modalities', about: 'A group of sensors, that fail together.' },
  { type: 'Fault', list: 'faults', about: 'What can be wrong with one modality of one agent; the magnitude is in the unit that each says.' },
  { type: 'Incident', list: 'incidents', about: 'What can happen at a place of the site.' },
  { type: 'Situation', list: 'situations', about: 'What an agent is in: the last of these that is so.' },
];

/** The enum's values with each one's comment. */
function valuesOf(text, type) {
  const body = new RegExp(`enum class ${type} [^{]*{([^}]*)}`).exec(text)?.[1] ?? '';
  const values = [...body.matchAll(/(\w+)\s*(?:,|$)[ \t]*(?:\/\/ (.*))?/gm)].map(([, name, doc]) => ({ name, doc }));
  if (values.length === 0) throw new SetupError(`${header}: found no enum ${type} of the expected form`);
  return values;
}

export function worldNames() {
  const text = readFileSync(join(root, header), 'utf8');
  const worlds = /\/\/ ((?:"\w+"(?:, )?)+)\.\n[^\n]*\bworld_names\(\)/.exec(text)?.[1].replaceAll('"', '').split(', ');
  if (!worlds) throw new SetupError(`${header}: found no list of worlds above world_names()`);
  const list = (name, type, about, values) =>
    `/** ${about} */\nexport const ${name} = [\n${values.map(({ name: value, doc }) => `${doc ? `  /** ${doc} */\n` : ''}  '${value}',\n`).join('')}] as const;\nexport type ${type} = (typeof ${name})[number];\n`;
  return [
    `// Made by scripts/world-names.mjs from ${header}; edit that and run: npm run generate\n`,
    list('worldNames', 'WorldName', 'The worlds there are.', worlds.map((name) => ({ name }))),
    ...enums.map(({ type, list: name, about }) => list(name, type, about, valuesOf(text, type))),
  ].join('\n');
}
