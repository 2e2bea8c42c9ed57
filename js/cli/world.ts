// `sensorium simulate --world`: recordings of the simulated world, with the truth beside them; or, without a file, what an engine makes
// of it live.
import { createSensorium, type Sensorium } from '../node.ts';
import { createWorld, faults, incidents, modalities, splitOf, type World, type WorldName } from '../world-node.ts';
import { printConfig } from './config.ts';
import { IntervalLog, intervalsFile } from './intervals.ts';
import { openOutput, type Output } from './output.ts';
import { refuseShared } from './own-files.ts';
import { Usage } from './problem.ts';
import { openRecording, type Recording } from './recording.ts';
import { Interruption } from './signals.ts';
import { openTable } from './table.ts';
import { brief, counted, duration, grouped, listing, note, Progress } from './terminal.ts';
import { Watch } from './watch.ts';
import { Newest, recordingFields, truthFields } from './world-fields.ts';

export interface WorldOptions {
  world: WorldName;
  agents: number;
  seconds: number;
  seed: number;
  rate: number;
  every: number;
  out?: string;
  truth?: string;
  intervals?: string;
  configOut?: string;
  faults?: number;
  incidents?: number;
  rain?: number;
  hour?: number;
  backend?: 'auto' | 'native' | 'wasm';
  isa?: string;
  quiet?: boolean;
}

/** Who is near, in recordings' configurations and for the engine that watches live. */
const neighbors = { k: 8, radius: 15 } as const;

export async function simulateWorld(options: WorldOptions): Promise<number> {
  if (options.configOut !== undefined && options.out === undefined) throw new Usage('--config-out: expected --out too: it is the configuration of a recording');
  refuseShared({}, { '--out': options.out, '--truth': options.truth, '--intervals': options.intervals, '--config-out': options.configOut });
  const { world: name, agents, seed, rate, faults, incidents, rain, hour } = options;
  const world = await createWorld({ world: name, agents, seed, rate, faults, incidents, rain, hour });
  const simulation = new Simulation(world, options);
  let stopped = false;
  const interruption = new Interruption(() => (stopped = true));
  try {
    await simulation.open();
    await simulation.run(() => stopped);
    await simulation.end(stopped);
    return stopped ? interruption.exitCode : 0;
  } finally {
    simulation.close();
    world.dispose();
    interruption.end();
  }
}

class Simulation {
  readonly #world: World;
  readonly #options: WorldOptions;
  /** Ticks to make, and before them those until every sensor can have read: else a file would begin with empty columns. */
  readonly #ticks: number;
  readonly #before: number;
  readonly #newest: Newest;
  readonly #log: IntervalLog;
  readonly #readings = modalities.map(() => 0);
  readonly #files: Recording[] = [];
  #intervals: Output | undefined;
  #config: Output | undefined;
  #watch: Watch | undefined;
  #engine: Sensorium | undefined;
  #done = 0;
  #milliseconds = 0;

  constructor(world: World, options: WorldOptions) {
    this.#world = world;
    this.#options = options;
    const { rate, seconds } = options;
    this.#ticks = Math.max(1, Math.round(seconds * rate));
    this.#before = Math.ceil(Math.max(...modalities.map((modality) => world.timing(modality).latency + 1 / world.timing(modality).rate)) * rate);
    this.#newest = new Newest(world);
    this.#log = new IntervalLog(world);
  }

  async open(): Promise<void> {
    const { agents, every, out, truth, intervals, configOut, backend, isa } = this.#options;
    const moments = Math.ceil(this.#ticks / every);
    if (out !== undefined) this.#files.push(openRecording('--out', out, recordingFields(this.#world, this.#newest), agents, moments));
    if (truth !== undefined) this.#files.push(openRecording('--truth', truth, truthFields(this.#world), agents, moments));
    if (intervals !== undefined) this.#intervals = openOutput(intervals, '--intervals');
    if (configOut !== undefined) this.#config = openOutput(configOut, '--config-out');
    if (out !== undefined) return;
    this.#engine = (await createSensorium({ agents, neighbors, backend, isa })) as Sensorium;
    this.#watch = new Watch(this.#engine);
  }

  async run(stopped: () => boolean): Promise<void> {
    const { rate, every, quiet } = this.#options;
    const progress = new Progress(quiet === true);
    for (let tick = 0; tick < this.#before; tick++) this.#step();
    this.#readings.fill(0);
    this.#milliseconds = 0;
    let breath = performance.now();
    while (this.#done < this.#ticks && !stopped()) {
      this.#step();
      if (this.#done % every === 0) {
        for (const file of this.#files) await file.add();
        this.#newest.clear();
      }
      this.#done++;
      // Signals are only heard between two turns of the event loop.
      if (performance.now() - breath > 50) {
        progress.show(() => `${duration(this.#done / rate)} simulated, ${Math.floor((100 * this.#done) / this.#ticks)} %`);
        await new Promise((resolve) => setImmediate(resolve));
        breath = performance.now();
      }
    }
    progress.clear();
    this.#log.read();
  }

  #step(): void {
    const start = performance.now();
    this.#world.step();
    this.#milliseconds += performance.now() - start;
    this.#newest.take(this.#readings);
    if (this.#world.ticks % 64 === 0) this.#log.read();
    if (this.#engine && this.#watch) this.#watch.tick(this.#world);
  }

  async end(stopped: boolean): Promise<void> {
    const { out, quiet } = this.#options;
    if (!stopped) {
      for (const file of this.#files) await file.commit();
      if (this.#intervals) {
        this.#intervals.add(intervalsFile(this.#log.all));
        await this.#intervals.flush();
        this.#intervals.commit();
      }
      await this.#writeConfig();
    }
    const { world, seed, agents } = this.#options;
    const heading = `${stopped ? 'Interrupted: no file was written' : 'Done'}: ${world}, seed ${seed} (${splitOf(seed)}), ${counted(agents, 'agent')}.`;
    const text = `${heading}\n${this.#summary()}`;
    if (out !== undefined) return note(quiet === true, `${text}${stopped ? '' : `\n${this.#hint()}`}`);
    // Without a recording the summary is the output.
    const output = openOutput(undefined);
    output.add(`${text}\n`);
    await output.flush();
  }

  /** Understood from the recording itself, as `inspect` does, with who is near. */
  async #writeConfig(): Promise<void> {
    const { out, agents } = this.#options;
    if (!this.#config || out === undefined) return;
    const table = await openTable(out, { config: { engine: { agents, neighbors }, csv: {} } });
    table.input.close();
    this.#config.add(printConfig(table.config));
    await this.#config.flush();
    this.#config.commit();
  }

  #hint(): string {
    const { out, configOut } = this.#options;
    if (configOut !== undefined) return `sensorium run ${out} --config ${configOut} runs it, with neighbours.`;
    return `sensorium run ${out} runs it; --config-out writes a configuration that uses the positions.`;
  }

  #summary(): string {
    const { agents, rate } = this.#options;
    const each = this.#milliseconds / Math.max(1, this.#done);
    const rows: [string, string][] = [
      ['time', `${duration(this.#done / rate)} in ${counted(this.#done, 'tick')}`],
      ['readings', modalities.map((modality, m) => `${modality} ${grouped(this.#readings[m]!)}`).join(', ')],
      ['faults', namedCounts(faults, this.#log.faults)],
      ['incidents', namedCounts(incidents, this.#log.incidents) + (this.#log.noticed > 0 ? `; agents noticed one ${grouped(this.#log.noticed)}×` : '')],
      ['world', `${brief((1e6 * each) / agents)} ns an agent-tick, ${brief(1000 / (each * rate))} times as fast as time`],
    ];
    if (this.#watch) rows.push(...this.#watch.summary());
    const { out, truth, intervals } = this.#options;
    const files = [out, truth].filter((path) => path !== undefined);
    this.#files.forEach((file, i) => rows.push(['wrote', `${files[i]}, ${counted(file.rows, 'row')}`]));
    if (intervals !== undefined) rows.push(['wrote', `${intervals}, ${counted(this.#log.all.length, 'interval')}`]);
    return listing(rows);
  }

  close(): void {
    for (const file of this.#files) file.abandon();
    this.#intervals?.abandon();
    this.#config?.abandon();
    this.#engine?.dispose();
  }
}

function namedCounts(names: readonly string[], counts: readonly number[]): string {
  const some = names.map((name, i) => [name, counts[i]!] as const).filter(([, count]) => count > 0);
  const total = some.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? 'none' : `${grouped(total)} begun: ${some.map(([name, count]) => `${grouped(count)} ${name}`).join(', ')}`;
}
