// The page: controls to the worker, and what the worker tells to the panels.
import { AgentPanel } from './panels/agent.ts';
import { Charts } from './panels/charts.ts';
import { byId, grouped, set, show } from './panels/dom.ts';
import { EventsPanel } from './panels/events.ts';
import { FilesPanel } from './panels/files.ts';
import { LivePanel } from './panels/live.ts';
import { MapPanel, paletteOf } from './panels/map.ts';
import { MeterPanel } from './panels/meter.ts';
import { NetworkPanel } from './panels/network.ts';
import { RadarPanel } from './panels/radar.ts';
import type { Frame, Happening, News, Order, Ready } from './protocol.ts';
import { radius } from './radius.ts';
import { beginsAnew, fromAddress, sources, toAddress, type Settings, type Source } from './settings.ts';
import { tellStory } from './story.ts';

/** What the slider goes through. */
const counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

let settings = fromAddress(location.hash);
let running = true;
let thresholds: readonly number[] = [];

function fail(message: string): void {
  const problem = byId('problem');
  problem.hidden = false;
  show(problem, message);
  show(byId('about'), 'Stopped.');
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const send = (order: Order, transfer: Transferable[] = []) => worker.postMessage(order, transfer);
worker.onerror = () => fail('The simulation stopped: its code could not be loaded. Is the page complete?');

const map = new MapPanel(send);
const agentPanel = new AgentPanel();
const charts = new Charts(() => thresholds);
const network = new NetworkPanel();
const radar = new RadarPanel(radius);
const meter = new MeterPanel();
const events = new EventsPanel(revisit);
const files = new FilesPanel(send);
const live = new LivePanel(
  () => send({ type: 'live' }),
  (seconds, readings) => send({ type: 'reading', seconds, readings }),
);

// --- Settings ---

/** The controls show what is set. */
function reflect(): void {
  byId<HTMLSelectElement>('world').value = settings.world;
  byId<HTMLSelectElement>('engine').value = settings.engine;
  byId<HTMLSelectElement>('colouring').value = settings.colouring;
  byId<HTMLSelectElement>('speed').value = settings.speed === Infinity ? 'max' : String(settings.speed);
  byId<HTMLInputElement>('seed').value = String(settings.seed);
  byId<HTMLInputElement>('compared').checked = settings.compare;
  const nearest = counts.findIndex((count) => count >= settings.agents);
  byId<HTMLInputElement>('agents').value = String(nearest);
  set(byId('agents'), 'aria-valuetext', `${grouped(settings.agents)} agents`);
  show(byId('agents-shown'), grouped(settings.agents));
  map.legend(settings.colouring);
  const { source } = settings;
  for (const name of sources) set(byId(`source-${name}`), 'aria-pressed', String(name === source));
  document.querySelector('main')!.dataset['source'] = source;
  for (const id of ['map-card', 'neighbors-card', 'faults-card', 'compare']) byId(id).hidden = source !== 'world';
  byId('live-card').hidden = source !== 'live';
  byId('files-card').hidden = source !== 'recording';
  // Of a world there is much to set, of a recording how fast it is played, of what happens now nothing.
  byId('settings').hidden = source === 'live';
  for (const label of byId('controls').querySelectorAll('label')) label.hidden = source !== 'world' && label.control?.id !== 'speed';
  show(byId('speed').querySelector('[value="1"]')!, source === 'world' ? 'real time' : '60 ticks a second');
}

/** What is wanted shows in the controls, and is told to the worker. */
function adopt(wanted: Settings): void {
  const left = wanted.source === settings.source ? undefined : settings.source;
  settings = wanted;
  reflect();
  // What sensors said is over with them.
  if (left === 'live') {
    live.stop();
    if (shown === 'live') shown = undefined;
  }
  if (settings.source === 'world' && settings.agent !== chosen) lookAt(settings.agent);
  send({ type: 'change', settings });
  if (left && settings.source === 'recording' && shown !== 'recording') files.resume();
  // Who turns to another source wants to see it, also where the last one was paused or at its end.
  run(running || left !== undefined);
}

/** The browser's Back goes through worlds and sources, not through all that was done there. */
function change(part: Partial<Settings>): void {
  const { agent, agents, ...rest } = { ...settings, ...part };
  const wanted = { ...rest, agents, agent: Math.min(agent, agents - 1) };
  const address = toAddress(wanted) || location.pathname + location.search;
  if (wanted.source !== settings.source || beginsAnew(wanted, settings)) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  adopt(wanted);
}

/** Has all that is about one agent show this one. */
function lookAt(agent: number): void {
  chosen = agent;
  charts.mark(null);
  for (const id of ['agent', 'agent-name']) byId<HTMLInputElement>(id).value = String(agent);
  events.look(agent);
}

function choose(agent: number): void {
  if (agent === chosen || !(agent >= 0 && agent < agents)) return;
  if (settings.source === 'world') return change({ agent });
  lookAt(agent);
  send({ type: 'choose', agent });
}

/** To the agent of an event and to its moment. */
function revisit(event: Happening): void {
  choose(event.agent);
  charts.mark(event.time);
  send({ type: 'revisit', event });
}

const onChange = (id: string, act: (value: string) => void) =>
  byId(id).addEventListener('change', (event) => {
    const control = event.target as HTMLInputElement;
    if (control.checkValidity()) act(control.value);
    else control.reportValidity();
  });
onChange('world', (value) => change({ world: value as Settings['world'] }));
onChange('engine', (value) => change({ engine: value as Settings['engine'] }));
onChange('colouring', (value) => change({ colouring: value as Settings['colouring'] }));
onChange('speed', (value) => change({ speed: value === 'max' ? Infinity : Number(value) }));
onChange('seed', (value) => change({ seed: Number(value) }));
onChange('agents', (value) => change({ agents: counts[Number(value)]! }));
onChange('agent-name', (value) => choose(Number(value)));
onChange('agent', (value) => {
  if (value === '') byId<HTMLInputElement>('agent').value = String(chosen);
  else choose(Number(value));
});
byId('agents').addEventListener('input', (event) => show(byId('agents-shown'), grouped(counts[Number((event.target as HTMLInputElement).value)]!)));
byId('compared').addEventListener('change', (event) => change({ compare: (event.target as HTMLInputElement).checked }));
byId('controls').addEventListener('submit', (event) => event.preventDefault());
byId('skip').addEventListener('click', (event) => {
  // The address is for settings.
  event.preventDefault();
  byId('agent-card').focus();
});
addEventListener('hashchange', () => adopt(fromAddress(location.hash)));

// --- Running ---

function run(now: boolean): void {
  running = now;
  show(byId('run'), running ? 'Pause' : 'Run');
  attend();
}
byId('run').addEventListener('click', () => run(!running));
byId('step').addEventListener('click', () => {
  run(false);
  send({ type: 'step' });
});
byId('share').addEventListener('click', async () => {
  const button = byId('share');
  try {
    await navigator.clipboard.writeText(new URL(toAddress(settings), location.href).href);
    show(button, 'Copied');
  } catch {
    show(button, 'See the address');
  }
  setTimeout(() => show(button, 'Copy link'), 1500);
});

// --- Faults ---

byId('faults').addEventListener('submit', (event) => {
  event.preventDefault();
  const value = (id: string) => byId<HTMLSelectElement>(id).value;
  const fault = value('fault') as (Order & { type: 'fault' })['fault'];
  const everyone = value('whose') === 'all';
  const seconds = Number(value('seconds'));
  // In the fault's own unit: a share for dropouts, readings for late ones, else spreads of the channel.
  const magnitude = fault === 'dropout' ? 1 : fault === 'delay' || fault === 'reorder' ? 4 : 6;
  send({ type: 'fault', modality: value('modality') as (Order & { type: 'fault' })['modality'], fault, everyone, magnitude, seconds });
  const words = (id: string) => byId<HTMLSelectElement>(id).selectedOptions[0]!.text;
  show(byId('done'), `${words('modality')} of ${everyone ? 'all agents' : `agent ${chosen}`} ${words('fault')}${fault === 'none' ? '' : ` for ${seconds} s`}.`);
});
const hint = () => show(byId('hint'), byId<HTMLSelectElement>('fault').selectedOptions[0]!.title);
byId('fault').addEventListener('change', hint);
hint();
for (const incident of ['intruder', 'explosion', 'crush'] as const) {
  byId(incident).addEventListener('click', () => {
    send({ type: 'incident', incident, seconds: 15 });
    show(byId('done'), `${incident[0]!.toUpperCase()}${incident.slice(1)} at agent ${chosen}.`);
  });
}

// --- Colours ---

const themes = ['auto', 'light', 'dark'] as const;
/** Where a browser allows no storage a choice lasts as long as the page. */
function withStorage(act: (storage: Storage) => void): void {
  try {
    act(localStorage);
  } catch {}
}
let theme: (typeof themes)[number] = 'auto';
withStorage((storage) => (theme = themes.find((name) => name === storage.getItem('theme')) ?? 'auto'));
function applyTheme(): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  const button = byId('theme');
  const name = `${theme[0]!.toUpperCase()}${theme.slice(1)}`;
  show(button, `Theme: ${name.toLowerCase()}`);
  charts.recolour();
  files.recolour();
  send({ type: 'palette', palette: paletteOf() });
}
byId('theme').addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  withStorage((storage) => storage.setItem('theme', theme));
  applyTheme();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);

// --- Sources ---

/** What the worker has; another one while a file is chosen or a permission asked. */
let shown: Source | undefined;
/** What it is, in words. */
let about = '';
let agents = settings.agents;
let chosen = settings.agent;

/** Where there is nothing yet of the source the page says what to do, and what the worker has stands still and unseen. */
function attend(): void {
  const { source } = settings;
  const there = shown === source || source === 'world';
  for (const id of ['skip', 'headline', 'agent-card', 'forecast-card', 'anomaly-card', 'meter-card', 'network-card', 'events-card']) byId(id).hidden = !there;
  for (const id of ['run', 'step']) byId<HTMLButtonElement>(id).disabled = shown !== source;
  byId('nothing').hidden = there;
  show(byId('nothing'), source === 'live' ? 'Nothing to see yet: switch a sensor on.' : 'Nothing to see yet: choose a file, or drop one anywhere on this page.');
  show(byId('about'), shown === source ? about : source === 'world' ? 'Starting…' : 'Waiting for you.');
  if (shown !== 'recording') files.leave();
  send({ type: 'run', running: running && there });
}
for (const name of sources) byId(`source-${name}`).addEventListener('click', () => settings.source === name || change({ source: name }));
addEventListener('drop', () => settings.source === 'recording' || change({ source: 'recording' }));

// --- News ---

/** Once loaded, the page needs no network any more. Not before: what is kept for later would be loaded beside what is needed now. */
async function keep(): Promise<void> {
  try {
    // Development servers have no such file.
    if (import.meta.env.PROD) await navigator.serviceWorker.register('./sw.js');
  } catch {
    // Not every browser can, or may.
  }
}

function ready(news: Ready): void {
  if (shown === undefined) {
    void keep();
    if (news.kind === 'world') tellStory(send, map);
  }
  shown = news.kind;
  // What the visitor has left meanwhile.
  if (shown !== settings.source) return;
  thresholds = news.thresholds;
  agents = news.agents;
  byId<HTMLInputElement>('agent').max = String(agents - 1);
  // Agents with names are chosen by them.
  const names = agents > 1 ? (news.names ?? []) : [];
  byId('agent-name').replaceChildren(...names.map((name, agent) => new Option(name, String(agent))));
  byId('agent-name').hidden = names.length === 0;
  byId('agent').hidden = names.length > 0;
  agentPanel.clear();
  charts.settle(news.kind === 'world' ? 1 : -Infinity);
  network.build(news.features, news.weights);
  events.clear(news.names, agents);
  lookAt(news.kind === 'world' ? settings.agent : 0);
  byId('problem').hidden = true;
  about = `${grouped(agents)} agent${agents === 1 ? '' : 's'}, WebAssembly${news.isa === 'scalar' ? ' without SIMD' : ' SIMD'}${news.kind === 'world' ? `, ${news.drawing}` : ''}.`;
  for (const button of document.querySelectorAll('button')) button.disabled = false;
  run(running || news.kind === 'recording');
  if (news.kind === 'recording') files.enter(news);
}

const partOfDay = (light: number) => (light < 10 ? 'night' : light < 400 ? 'dusk' : 'day');

function frame(news: Frame): void {
  if (shown !== settings.source) return;
  const { weather, timeline, look } = news;
  // Text on a canvas wants the page's style brought up to date, which costs nothing before anything else has changed.
  charts.add(news.samples, news.fresh);
  if (look.agent === chosen) charts.show(look);
  if (weather) {
    const clock = `${String(Math.floor(weather.hour)).padStart(2, '0')}:${String(Math.floor((weather.hour % 1) * 60)).padStart(2, '0')}`;
    show(byId('clock'), `tick ${grouped(news.tick)} · ${news.time.toFixed(1)} s · ${clock}, ${partOfDay(weather.light)}${weather.rain > 0.1 ? `, rain ${weather.rain.toFixed(1)} mm/h` : ''}`);
  }
  document.body.dataset['tick'] = String(news.tick);
  if (timeline) files.show(timeline, news.time);
  set(byId('follow'), 'aria-pressed', String(news.following));
  events.add(news.events, performance.now());
  if (look.agent === chosen) {
    agentPanel.show(look);
    network.show(look);
    radar.show(look);
  }
  meter.show(news.meter, performance.now());
}

function problem({ fatal, message }: News & { type: 'problem' }): void {
  if (fatal) fail(message);
  else if (settings.source === 'recording') files.fail(message);
  else {
    byId('problem').hidden = false;
    show(byId('problem'), message);
  }
}

worker.onmessage = ({ data }: MessageEvent<News>) => {
  switch (data.type) {
    case 'ready':
      return ready(data);
    case 'frame':
      frame(data);
      return send({ type: 'taken' });
    case 'picked':
      return choose(data.agent);
    case 'preview':
      return files.ask(data.preview);
    case 'progress':
      return files.progress(data.part);
    case 'results':
      return files.save(data.results);
    case 'map':
      byId('problem').hidden = !data.lost;
      return show(byId('problem'), 'The graphics card was lost: the map stands still until the browser gives it back. All else goes on.');
    case 'ended':
      return run(false);
    case 'problem':
      return problem(data);
  }
};

reflect();
if (!('transferControlToOffscreen' in HTMLCanvasElement.prototype)) {
  fail('This browser cannot draw in a worker (OffscreenCanvas). Any browser of 2023 or later can.');
} else {
  const canvas = map.transfer();
  Object.assign(canvas, map.size);
  send({ type: 'open', canvas, ratio: map.ratio, palette: paletteOf(), settings, running }, [canvas]);
  attend();
  applyTheme();
}
