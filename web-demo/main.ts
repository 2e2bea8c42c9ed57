// A plain page of live cycles: one engine in this tab, the classic load, one agent looked at closely.
import { createSensorium, Flag, type ClassicChannel, type CycleResult, type Sensorium, type SensoriumEvent } from 'sensorium';
import { Chart } from './chart.ts';

type Engine = Sensorium<ClassicChannel>;

const secondsATick = 0.1;
const mostEvents = 60;
/** Of one tick: with 100,000 agents there are thousands. */
const mostEventsATick = 12;
const units: Partial<Record<ClassicChannel, string>> = {
  'lidar.max_range': 'm',
  'audio.frequency': 'Hz',
  'imu.accel_x': 'm/s²',
  'imu.accel_y': 'm/s²',
  'imu.accel_z': 'm/s²',
  'imu.gyro': 'rad/s',
};

const element = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
const show = (id: string, text: string) => {
  const at = element(id);
  if (at.textContent !== text) at.textContent = text;
};
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

const counted = (count: number, noun: string) => `${whole.format(count)} ${noun}${count === 1 ? '' : 's'}`;

const controls = element<HTMLFormElement>('controls');
const agents = element<HTMLSelectElement>('agents');
const rate = element<HTMLSelectElement>('rate');
const pattern = element<HTMLSelectElement>('pattern');
const seed = element<HTMLInputElement>('seed');
const agent = element<HTMLInputElement>('agent');
const only = element<HTMLInputElement>('only');
const run = element<HTMLButtonElement>('run');
const step = element<HTMLButtonElement>('step');
const restart = element<HTMLButtonElement>('restart');
const chart = new Chart(element<HTMLCanvasElement>('chart'));

let s: Engine | undefined;
let running = true;
let loadSeed = 1;
let chosen = 0;
let events: { event: SensoriumEvent; row: HTMLLIElement }[] = [];
/** Of the last second or so: when each tick ended, and how long it took, ms. */
let ticks: { end: number; took: number }[] = [];
let due = 0;
let lastFrame = 0;

/** One cycle: readings in, a tick, results out. */
function cycle(engine: Engine): void {
  engine.simulate(loadSeed, { pattern: pattern.value as 'dense' | 'mixed' });
  const start = performance.now();
  engine.tick(engine.statistics.cycles * secondsATick);
  const end = performance.now();
  ticks.push({ end, took: end - start });
  chart.add(engine.results.fused[chosen]!, engine.results.anomaly.severity[chosen]! > 0);
  let told = 0;
  for (const event of engine.events()) {
    if (only.checked && event.agent !== chosen) continue;
    if (++told > mostEventsATick) break;
    tell({ ...event });
  }
}

const kinds: Record<SensoriumEvent['kind'], string> = {
  'anomaly-begin': 'is abnormal',
  'anomaly-end': 'is normal again',
  'blind-begin': 'is blind',
  'blind-end': 'sees again',
  'neighbor-enter': 'has company',
  'neighbor-leave': 'is alone again',
  'sensor-lost': 'lost its',
  'sensor-back': 'has back its',
};

function tell(event: SensoriumEvent): void {
  const row = document.createElement('li');
  row.className = event.kind;
  const time = document.createElement('time');
  time.textContent = `${event.time.toFixed(1)} s`;
  const who = document.createElement('button');
  who.type = 'button';
  who.textContent = `Agent ${event.agent}`;
  who.title = 'Look at this agent';
  who.addEventListener('click', () => choose(event.agent));
  const detail = event.kind === 'anomaly-begin' ? ` (${event.severity})` : 'sensor' in event ? ` ${event.sensor}` : '';
  row.append(time, who, `${kinds[event.kind]}${detail}`);
  element('events').prepend(row);
  events.unshift({ event, row });
  for (const { row: old } of events.splice(mostEvents)) old.remove();
}

function choose(index: number): void {
  chosen = index;
  agent.value = String(index);
  chart.clear();
  if (s) draw(s);
}

function row(name: string, value: string, absent = false): HTMLTableRowElement {
  const line = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = name;
  const cell = document.createElement('td');
  cell.textContent = value;
  cell.classList.toggle('absent', absent);
  line.append(head, cell);
  return line;
}

/** Rewrites a table's cells; rows are made once. */
function fill(id: string, rows: readonly [name: string, value: string | null][]): void {
  const body = element<HTMLTableElement>(id).tBodies[0]!;
  if (body.rows.length !== rows.length) body.replaceChildren(...rows.map(([name, value]) => row(name, value ?? '–', value === null)));
  rows.forEach(([, value], index) => {
    const cell = body.rows[index]!.cells[1]!;
    if (cell.textContent !== (value ?? '–')) cell.textContent = value ?? '–';
    cell.classList.toggle('absent', value === null);
  });
}

/** Three decimals, and no "-0.000". */
const decimals = (value: number) => (Math.abs(value) < 0.0005 ? 0 : value).toFixed(3);

/** JSON with a line for each field, lists on their field's line. */
function pretty(result: CycleResult): string {
  const text = JSON.stringify(result, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value), 2);
  return text.replace(/\[\s+([^\]]*?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`);
}

function drawAgent(engine: Engine): void {
  const result: CycleResult = engine.agent(chosen);
  const { anomaly, prediction, lost } = result;
  fill(
    'readings',
    engine.channels.map((name) => {
      const value = engine.sensor(name)[chosen]!;
      const text = Number.isInteger(value) ? whole.format(value) : Math.abs(value) < 1000 ? decimals(value) : whole.format(value);
      return [name, Number.isFinite(value) ? [text, units[name]].filter(Boolean).join(' ') : null];
    }),
  );
  fill('results', [
    ['fused', decimals(result.fused)],
    ['confidence', decimals(result.confidence)],
    ['network output', result.output.map(decimals).join(', ')],
    ['z-score', anomaly && decimals(anomaly.z)],
    ['anomaly score', anomaly && decimals(anomaly.score)],
    ['severity', anomaly && anomaly.severity],
    ['window’s mean', anomaly && decimals(anomaly.mean)],
    ['window’s deviation', anomaly && decimals(anomaly.deviation)],
    ['next five', prediction && prediction.values.map((value) => value.toFixed(2)).join(', ')],
    ['their confidence, R²', prediction && decimals(prediction.confidence)],
    ['trend a tick', prediction && decimals(prediction.trend)],
    ['lost', lost.length > 0 ? lost.join(', ') : null],
  ]);
  const sleeping = engine.active[chosen] === 0;
  const blind = (engine.results.flags[chosen]! & Flag.blind) !== 0;
  const severity = anomaly?.severity ?? 'none';
  const state = sleeping
    ? 'asleep'
    : blind
      ? 'blind'
      : severity !== 'none'
        ? `abnormal, ${severity}`
        : lost.length > 0
          ? 'partly blind'
          : 'normal';
  show('state', state);
  element('state').className = `badge ${sleeping || blind ? 'off' : severity === 'none' && lost.length > 0 ? 'low' : severity}`;
  show('index', String(chosen));
  show('output', pretty(result));
  chart.draw(prediction?.values ?? []);
}

function drawFigures(engine: Engine): void {
  const { cycles, time, active_agents: active, anomalies } = engine.statistics;
  show('cycle', whole.format(cycles));
  show('time', time.toFixed(1));
  show('active', `${whole.format(active)} of ${whole.format(engine.agents)}`);
  show('anomalies', whole.format(anomalies));
  const now = performance.now();
  while (ticks.length > 20 && now - ticks[0]!.end > 1000) ticks.shift();
  if (ticks.length === 0) return;
  const took = ticks.reduce((sum, tick) => sum + tick.took, 0) / ticks.length;
  const span = ticks.at(-1)!.end - ticks[0]!.end;
  show('ticks', running && span > 0 ? short.format((1000 * (ticks.length - 1)) / span) : '–');
  show('took', took < 1 ? `${Math.round(1000 * took)} µs` : `${took.toFixed(2)} ms`);
  show('throughput', took > 0 ? short.format((1000 * engine.agents) / took) : '–');
}

function draw(engine: Engine): void {
  drawFigures(engine);
  drawAgent(engine);
  element('quiet').hidden = events.length > 0;
}

function frame(now: number): void {
  requestAnimationFrame(frame);
  const engine = s;
  if (!engine || !running) {
    lastFrame = now;
    return;
  }
  const wanted = Number(rate.value);
  due = wanted === Infinity ? Infinity : Math.min(due + ((now - lastFrame) * wanted) / 1000, wanted);
  lastFrame = now;
  if (due < 1) return;
  // The page stays responsive whatever is asked of it.
  for (const end = performance.now() + 12; due >= 1 && performance.now() < end; due--) cycle(engine);
  draw(engine);
}

async function start(): Promise<void> {
  for (const button of [run, step, restart]) button.disabled = true;
  s?.dispose();
  s = undefined;
  s = await createSensorium({ agents: Number(agents.value) });
  loadSeed = Number(seed.value);
  ticks = [];
  due = 1;
  for (const { row: old } of events) old.remove();
  events = [];
  agent.max = String(s.agents - 1);
  choose(Math.min(chosen, s.agents - 1));
  show('engine', `Backend ${s.backend}, instruction set ${s.isa}, ${short.format(s.bytes)} bytes for ${counted(s.agents, 'agent')}.`);
  for (const button of [run, step, restart]) button.disabled = false;
}

function report(error: unknown): void {
  element('problem').hidden = false;
  show('problem', error instanceof Error ? error.message : String(error));
  show('engine', '');
}

controls.addEventListener('submit', (event) => {
  event.preventDefault();
  start().catch(report);
});
agents.addEventListener('change', () => void start().catch(report));
// Only the mixed load wakes whom it put to sleep.
pattern.addEventListener('change', () => void s?.active.fill(1));
run.addEventListener('click', () => {
  running = !running;
  ticks = [];
  run.textContent = running ? 'Pause' : 'Run';
});
step.addEventListener('click', () => {
  if (running) run.click();
  if (!s) return;
  cycle(s);
  draw(s);
});
agent.addEventListener('change', () => {
  const index = Number(agent.value);
  choose(Number.isInteger(index) && index >= 0 && s && index < s.agents ? index : chosen);
});
only.addEventListener('change', () => {
  const kept = events.filter(({ event }) => !only.checked || event.agent === chosen);
  for (const entry of events) if (!kept.includes(entry)) entry.row.remove();
  events = kept;
});

start().then(() => requestAnimationFrame(frame), report);
