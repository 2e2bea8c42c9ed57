#!/usr/bin/env node
// The command line `sensorium`. Exit codes: 0 all is well, 1 bad data or a failed run, 2 wrong usage, 130 interrupted.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { explain } from './cli/explain.ts';
import { inspect } from './cli/inspect.ts';
import { describeError, Usage } from './cli/problem.ts';
import { run } from './cli/run.ts';
import { simulate } from './cli/simulate.ts';
import { simulateWorld } from './cli/world.ts';
import { worldNames } from './world.gen.ts';

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

function whole(low: number, high: number, more = '') {
  return (text: string) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}${more}.`);
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

function amount(high: number) {
  return (text: string) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= high) return value;
    throw new InvalidArgumentError(`Expected a number from 0 to ${high}.`);
  };
}

function axes(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length >= 2 && names.length <= 3 && names.every(Boolean)) return names;
  throw new InvalidArgumentError('Expected the columns of x and y, or of x, y and z, divided by commas.');
}

const backend = () => new Option('--backend <name>', 'what runs the core').choices(['auto', 'native', 'wasm']);
const isa = () => new Option('--isa <name>', 'the instruction set: avx512, avx2, sse4, neon, wasm, scalar (default: the best there is)');
/** Options of `simulate` that only one of its two kinds has. */
const onlyWorld = ['seconds', 'truth', 'intervals', 'configOut', 'faults', 'incidents', 'rain', 'hour'];
const onlyClassic = ['ticks', 'pattern', 'metrics', 'metricsJson'];

const quiet = () => new Option('--quiet', 'nothing on standard error but errors');
const metricsOptions = (command: Command) =>
  command
    .option('--metrics', 'tell in the summary how long ticks took, where their time went and what the memory is for')
    .option('--metrics-json <file>', 'write these figures as JSON, all of them');
const agentsOption = () => new Option('--agents <n>', 'how many agents there is room for').argParser(whole(1, 1_000_000));

const columnOptions = (command: Command) =>
  command
    .option('--time <column>', 'the column of the time: ISO dates and times (UTC where no zone is given), seconds, or epoch milliseconds')
    .option('--no-time', "take the number of a row for its time in seconds")
    .option('--agent <column>', 'the column that names the agent; rows of one time and different agents are one tick')
    .option('--no-agent', 'take all rows for those of one agent');

/** commander gives `true` for an option like --no-time that was not said. */
const named = <T extends { time?: unknown; agent?: unknown }>(options: T) => ({
  ...options,
  time: options.time === true ? undefined : (options.time as string | false | undefined),
  agent: options.agent === true ? undefined : (options.agent as string | false | undefined),
});

function program(finish: (exitCode: number) => void): Command {
  const root = new Command('sensorium')
    .description('Gives agents awareness of their surroundings: fuses sensors, infers, notices what is abnormal and predicts, in real time.')
    .version(version)
    .showHelpAfterError('(sensorium --help tells more)')
    .exitOverride()
    .helpCommand(false);
  root.addHelpText('after', `
Examples:
  $ sensorium run sensors.csv > results.ndjson
  $ sensorium inspect sensors.csv --out config.json
  $ sensorium simulate --agents 10000 --ticks 1000 --seed 1

Exit codes: 0 all is well, 1 bad data or a failed run, 2 wrong usage, 130 interrupted.
With DEBUG=1 in the environment an error comes with its stack.`);

  const runCommand = root
    .command('run')
    .argument('<file>', 'a CSV file, or - for standard input')
    .description('Reads sensors from CSV and writes a line of results for each row.')
    .option('--config <file>', "JSON: the options of createSensorium() and, in `csv`, the file's columns; without one it is inferred from the first 1,000 rows")
    .option('--out <file>', 'where the results go, put in place when complete: .csv for flat columns, else NDJSON (default: NDJSON to standard output)')
    .addOption(backend())
    .addOption(isa())
    .addOption(agentsOption());
  metricsOptions(columnOptions(runCommand))
    .addOption(new Option('--position <x,y[,z]>', 'the columns of the positions, in metres, for the options neighbors and map (default: position.x, position.y, position.z)').argParser(axes))
    .option('--skip-bad', 'count bad lines and go on, instead of ending at the first')
    .addOption(new Option('--snapshot-every <n>', 'write the run down every n ticks, so that --resume can go on from there').argParser(whole(1, 1e12)))
    .option('--snapshot <file>', 'where the run is written down, a file of its own (default: --out with .snapshot behind it)')
    .option('--resume', 'go on where a run was written down last; with --snapshot-every from the beginning where it was not yet')
    .addOption(quiet())
    .addHelpText('after', `
The delimiter (, ; | or tab), the header, the time and the agents are found out. A row's line:
  {"cycle":3,"time":"2015-02-04T17:53:00.000Z","agent":0,"fused":0.61,"confidence":1,"output":[0.5,0.6],
   "anomaly":{"score":0.3,"z":1.4,"severity":"none","mean":0.6,"deviation":0.01} or null,
   "prediction":{"values":[0.6,0.6,0.6,0.6,0.6],"confidence":0.9,"trend":0.001} or null,"lost":["names"]}

Examples:
  $ sensorium run room.csv --out results.csv
  $ sensorium run crowd.csv --config crowd.json --position x,y
  $ sensorium run machines.csv --time when --agent machine --skip-bad > results.ndjson
  $ sensorium run year.csv --out year.ndjson --snapshot-every 10000 --resume
  $ tail -f live.csv | sensorium run - --config config.json | grep '"severity":"high"'`)
    .action(async (file: string, options) => finish(await run(file, named(options))));

  const inspectCommand = root
    .command('inspect')
    .argument('<file>', 'a CSV file, or - for standard input')
    .description('Writes the configuration that `run` would infer, to be kept and changed.')
    .option('--out <file>', 'where it goes (default: standard output)');
  columnOptions(inspectCommand)
    .addOption(quiet())
    .addHelpText('after', `
Examples:
  $ sensorium inspect room.csv --out room.json
  $ sensorium run room.csv --config room.json > results.ndjson`)
    .action(async (file: string, options) => finish(await inspect(file, named(options))));

  root
    .command('explain')
    .description('Tells what an engine would take in memory, by part and by option. Nothing is made.')
    .option('--config <file>', 'JSON: the options of createSensorium(), as `run` has them (default: one agent, the classic channels)')
    .addOption(agentsOption())
    .option('--json', 'the same as JSON')
    .addHelpText('after', `
An option's bytes are what an engine with all else the same would need less.

Examples:
  $ sensorium explain --agents 10000
  $ sensorium explain --config crowd.json
  $ sensorium explain --config crowd.json --agents 100000 --json | jq .parts`)
    .action(async (options) => finish(await explain(options)));

  const simulateCommand = root
    .command('simulate')
    .description('A recording of a simulated world, with the truth beside it; or what an engine makes of it, live. Without --world the classic load generator: random readings, load and no evidence of quality.')
    .addOption(agentsOption().argParser(whole(1, 1_000_000, '; with --world to 100000')).default(1000, '1000; with --world 100, and 100000 at most'))
    .addOption(new Option('--ticks <n>', 'how many ticks').argParser(whole(1, 1e12)).default(1000))
    .addOption(new Option('--seed <n>', 'seed of the readings').argParser(whole(0, Number.MAX_SAFE_INTEGER)).default(1))
    .addOption(new Option('--pattern <name>', 'dense: every sensor reads at every tick; mixed: different rates, dropouts, inactive agents').choices(['dense', 'mixed']).default('dense'))
    .addOption(new Option('--rate <hertz>', 'ticks a second of the simulated clock').argParser(positive).default(60))
    .option('--out <file>', 'a line for each agent that is active and each tick; .csv for flat columns, else NDJSON. With --world the recording, .csv or .arrow')
    .addOption(new Option('--every <n>', 'with --out or --truth, a row only each n-th tick. With --world it has the newest reading of each modality since the row before: faster sensors lose the others').argParser(whole(1, 1e12)).default(1));
  metricsOptions(simulateCommand)
    .addOption(backend())
    .addOption(isa())
    .addOption(quiet())
    .addOption(new Option('--world <name>', 'simulate this world').choices(worldNames))
    .addOption(new Option('--seconds <n>', 'with --world, as all below: how long (default: 60)').argParser(positive))
    .option('--truth <file>', 'what is so, for each row of the recording: situation, faults, incidents, true motion; .csv or .arrow')
    .option('--intervals <file>', 'the true anomalies, from when to when, as CSV')
    .option('--config-out <file>', 'a configuration with which `run` uses the positions of the recording')
    .addOption(new Option('--faults <times>', "sensor faults, times the world's own frequency; 0: none").argParser(amount(1000)))
    .addOption(new Option('--incidents <times>', "intruders, explosions and crushes, times the world's own frequency; 0: none").argParser(amount(1000)))
    .addOption(new Option('--rain <mm/h>', "rain all the time (default: the world's own weather); under a roof (warehouse) there is none").argParser(amount(100)))
    .addOption(new Option('--hour <h>', "time of day at the beginning (default: the world's own)").argParser(amount(24)))
    .addHelpText('after', `
Examples:
  $ sensorium simulate --world plaza --agents 1000 --seconds 60 --seed 1
  $ sensorium simulate --world forest --agents 20 --seconds 600 --seed 2 --every 6 --out forest.csv --truth truth.csv --intervals anomalies.csv
  $ sensorium simulate --world warehouse --out floor.arrow --config-out floor.json && sensorium run floor.arrow --config floor.json
  $ sensorium simulate --agents 10000 --ticks 1000 --seed 1
  $ sensorium simulate --agents 100 --ticks 600 --seed 1 --pattern mixed --out load.ndjson --every 60
  $ sensorium simulate --agents 1000 --ticks 1000 --seed 1 --backend wasm    (the same digest as native)`)
    .action(async (options, command: Command) => {
      const given = (name: string) => command.getOptionValueSource(name) === 'cli';
      const wrong = (options.world === undefined ? onlyWorld : onlyClassic).find(given);
      const flag = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      if (wrong !== undefined) throw new Usage(`${flag(wrong)}: expected ${options.world === undefined ? 'it with --world only' : 'it without --world only'}`);
      const files = options.world === undefined ? ['out'] : ['out', 'truth'];
      if (given('every') && !files.some(given)) throw new Usage(`--every: expected ${files.map(flag).join(' or ')} too: it is how often there is a row`);
      if (options.world === undefined) return finish(await simulate(options));
      finish(await simulateWorld({ seconds: 60, ...options, agents: given('agents') ? options.agents : 100 }));
    });
  // The one that commander has shows all help for a command that there is not.
  root
    .command('help')
    .argument('[command]')
    .description('display help for command')
    .action((name?: string) => {
      const found = name === undefined ? root : root.commands.find((command) => command.name() === name);
      if (!found) return root.error(`error: unknown command '${name}'`);
      found.help();
    });
  return root;
}

async function main(): Promise<number> {
  let exitCode = 0;
  try {
    await program((code) => (exitCode = code)).parseAsync();
    return exitCode;
  } catch (error) {
    // commander has told what is wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`sensorium: ${describeError(error)}\n`);
    return error instanceof Usage ? 2 : 1;
  }
}

// Whoever writes is told of a failure; without a listener it would end the process with a stack, as when `head` has had enough.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exitCode = await main();
