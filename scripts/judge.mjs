#!/usr/bin/env node
// `npm run judge`: the detectors there are, on unseen seeds of each simulated world, held against the truth.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { detectors, judge } from './judge/run.mjs';
import { grace } from './judge/score.mjs';
import { fail, root, SetupError } from './setup/shell.mjs';

const help = `Usage: npm run judge -- [--detector <name>] [--quick] [--no-build] [--no-write]

  --detector one of ${Object.keys(detectors).join(', ')} (default classic)
  --quick    a minute of few agents: to see that it works; nothing is written
  --no-build judge dist/ as it is
  --no-write print only, and leave docs/quality.md and the CSV alone
  --help     this text`;

const full = { seeds: [1, 3, 5], agents: 100, minutes: 10, trouble: 10 };
const quick = { seeds: [1], agents: 16, minutes: 3, trouble: 50 };

const csvNames = ['detector', 'world', 'event', 'level', 'kind', 'anomalies', 'detected', 'rate', 'chance', 'delay_median_s', 'delay_90_s', 'false_alarms_agent_hour', 'clean_agent_hours'];
const round = (value, digits) => (value === null ? '' : Number(value.toFixed(digits)));

/** Every figure, a row each. */
function csv(detector, results) {
  const rows = [];
  for (const [world, { losses, levels }] of results) {
    const judged = [...levels.map((result) => ['anomaly-begin', result.level, result]), ['sensor-lost', '', losses]];
    for (const [event, level, { kinds, false_alarms_hour, clean_hours }] of judged) {
      for (const { kind, anomalies: count, detected, rate, chance, median, ninety } of kinds) {
        rows.push([detector, world, event, level, kind, count, detected, round(rate, 4), round(chance, 4), round(median, 3), round(ninety, 3), round(false_alarms_hour, 3), round(clean_hours, 3)]);
      }
    }
  }
  return [csvNames, ...rows].map((row) => `${row.join(',')}\n`).join('');
}

const percent = (share) => (share === null ? '–' : `${Math.round(100 * share) || 0} %`);
const seconds = (value) => (value === null ? '–' : value.toFixed(2));
const perHour = (value) => (value === null ? '–' : value >= 100 ? value.toFixed(0) : value.toPrecision(2));

const tableOf = (titles, rows) => `| ${titles.join(' | ')} |\n|${titles.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`;
const columns = ['true anomaly', 'how many', 'detected', 'by chance', 'median delay, s', '90 % delay, s'];
const lines = (kinds) => kinds.map(({ kind, anomalies, rate, chance, median, ninety }) => [kind, anomalies, percent(rate), percent(chance), seconds(median), seconds(ninety)]);

/** All kinds of a world as one: what a detector does on average; of the delay the mean of the kinds' medians. */
function overall({ kinds }) {
  const sum = (of) => kinds.reduce((total, kind) => total + of(kind), 0);
  const count = sum(({ anomalies }) => anomalies);
  const medians = kinds.flatMap(({ median }) => median ?? []);
  return count === 0 ? { rate: null, chance: null, median: null } : { median: medians.length > 0 ? medians.reduce((total, median) => total + median, 0) / medians.length : null, rate: sum(({ detected }) => detected) / count, chance: sum(({ anomalies, chance }) => anomalies * (chance ?? 0)) / count };
}

function markdown(detector, results, { seeds, agents, minutes, trouble }) {
  const summary = results.map(([world, { anomalies, losses }]) => {
    const [all, lost] = [overall(anomalies), overall(losses)];
    return [world, percent(all.rate), percent(all.chance), perHour(anomalies.false_alarms_hour), percent(lost.rate), perHour(losses.false_alarms_hour)];
  });
  return `# How well anomalies are found

Made by \`npm run judge\` (scripts/judge.mjs), which writes this page and [benchmarks/judge-${detector}.csv](benchmarks/judge-${detector}.csv); do not edit either.
The figures are the same on every machine: later work must better them, and says so by the difference of the CSV.

Judged is \`${detector}\`: ${detectors[detector].about}. The engine ticks with the world, 60 times a second, on whatever
\`world.writeTo(engine)\` brings. Each [world](world.md) runs ${minutes} minutes with ${agents} agents for each of the seeds ${seeds.join(', ')}, all of
them unseen by \`splitOf(seed)\`, so that nothing was tuned on them. \`faults\` and \`incidents\` are ${trouble}, for steady figures: as many times the world's own as [there is room for](world.md#what-goes-wrong).

| what | is |
|---|---|
| true anomaly | a fault of one modality of an agent, or an incident about an agent, as \`world.intervals()\` tells it; one that begins in the first 10 s, or is not over by the end, is not judged |
| detected | an \`anomaly-begin\` of that agent comes within the interval or the ${grace} s after it |
| delay | from the beginning of the interval to the first such event, over those detected |
| false alarm | an \`anomaly-begin\` of an agent that has no true anomaly then, nor had one ${grace} s before; an hour of agents that have none |
| by chance | how many would be detected by alarms that come as often as the false ones, but at random: a detector is worth what it has above that |

${tableOf(['world', 'anomalies detected', 'by chance', 'false alarms an agent-hour', 'dropouts noticed', 'false losses an agent-hour'], summary)}
With higher levels there are fewer alarms, and what of them is better than chance shows. Whoever finds more at as few false alarms is better:

${tableOf(['world', 'level', 'detected', 'by chance', 'beyond chance', 'median delay, s', 'false alarms an agent-hour'], results.flatMap(([world, { levels }]) => levels.map((result) => {
    const all = overall(result);
    return [world, result.level, percent(all.rate), percent(all.chance), percent(all.rate - all.chance), seconds(all.median), perHour(result.false_alarms_hour)];
  })))}
A dropout is noticed when \`sensor-lost\` of that modality comes within the interval or the ${grace} s after it. A dropout of a share below 1 lets readings
through, and a modality is lost only after \`readings.lost_after\`, 1 s; so not every one can be. A false loss comes without a dropout of the modality.
${results.map(([world, { anomalies, losses }]) => `
## ${world}

${perHour(anomalies.false_alarms_hour)} false alarms an agent-hour, in ${anomalies.clean_hours.toFixed(1)} agent-hours without an anomaly.

${tableOf(columns, lines(anomalies.kinds))}
Dropouts by \`sensor-lost\`, with ${perHour(losses.false_alarms_hour)} false losses an agent-hour:

${tableOf(columns, lines(losses.kinds))}`).join('')}`;
}

async function main() {
  const { values } = parseArgs({
    options: {
      detector: { type: 'string', default: 'classic' },
      quick: { type: 'boolean' },
      'no-build': { type: 'boolean' },
      'no-write': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(help);
  const { detector } = values;
  if (!Object.hasOwn(detectors, detector)) throw new SetupError(`--detector: expected one of ${Object.keys(detectors).join(', ')}, got '${detector}'`);
  if (!values['no-build']) await build(['node', 'wasm', 'js']);
  const entries = { sensorium: await import('../dist/node.js'), world: await import('../dist/world-node.js') };
  const settings = values.quick ? quick : full;
  const results = [];
  for (const world of entries.world.worldNames) {
    const start = performance.now();
    const result = await judge(entries, { ...settings, detector, world });
    results.push([world, result]);
    const all = overall(result.anomalies);
    console.log(`${world.padEnd(10)} detected ${percent(all.rate)}, by chance ${percent(all.chance)}, ${perHour(result.anomalies.false_alarms_hour)} false alarms an agent-hour (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  }
  if (values.quick || values['no-write']) return;
  const files = { [`docs/benchmarks/judge-${detector}.csv`]: csv(detector, results), 'docs/quality.md': markdown(detector, results, settings) };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}

main().catch(fail);
