// The worker in which all happens: world, engine and drawing. The page only shows what it is told.
import { SensoriumError } from 'sensorium';
import { Told } from './alarms.ts';
import { Camera } from './map/camera.ts';
import { CanvasDrawing } from './map/canvas.ts';
import type { Drawing, Outline, Palette } from './map/picture.ts';
import { WebglDrawing } from './map/webgl.ts';
import type { Frame, Happening, Meter, News, Order } from './protocol.ts';
import { radius } from './radius.ts';
import { preview, read } from './scenes/csv.ts';
import { LiveScene } from './scenes/live.ts';
import { RecordingScene } from './scenes/recording.ts';
import { Recent, type Scene } from './scenes/scene.ts';
import { WorldScene } from './scenes/world.ts';
import { beginsAnew, type Settings } from './settings.ts';

/** What a frame may spend on ticks, ms: the rest of its 16 is for drawing. */
const budget = 11;
/** A tab that slept does not catch up. */
const longestGap = 0.25;

const tell = (news: News) => postMessage(news);

let canvas: OffscreenCanvas;
let drawing: Drawing;
let palette: Palette;
let settings: Settings;
let scene: Scene | undefined;
let running = false;
let following = false;
/** All is seen, and stays so when the canvas gets another shape. */
let fitted = false;
const camera = new Camera();

/** Seconds that real time is ahead of the ticks. */
let owed = 0;
let lastFrame = 0;
/** The page has not taken the last frame in: only the map goes on. */
let waiting = false;
/** Of one frame; with 100,000 agents there are thousands. */
const told = new Told(10);
const drawTook = new Recent();
/** Of the last second: when each frame ended and how many ticks it had. */
let frames: { end: number; ticks: number }[] = [];
/** Ticks of the present frame. */
let ticks = 0;
/** Scenes are opened one after the other, and of several only the last is shown. */
let opening: Promise<void> = Promise.resolve();
let newest = 0;

function step(): void {
  if (scene!.step((event, x, y) => told.hear(event, x, y))) ticks++;
  else if (running && scene!.timeline) {
    running = false;
    tell({ type: 'ended' });
  }
}

function problem(error: unknown, fatal: boolean): void {
  const code = error instanceof SensoriumError ? error.code : error instanceof Error ? error.name : 'unknown';
  tell({ type: 'problem', fatal, code, message: error instanceof Error ? error.message : String(error) });
}

function begin(order: Order & { type: 'open' }): void {
  ({ canvas, settings, running, palette } = order);
  // What it needs can come while the drawing is made.
  const first = settings.source === 'world' ? WorldScene.open(settings) : undefined;
  const prepare = () => {
    try {
      drawing = new WebglDrawing(canvas, order.ratio);
    } catch {
      drawing = new CanvasDrawing(canvas, order.ratio);
    }
    drawing.setPalette(palette);
    if (scene?.world) drawing.setSite(outlinesOf(scene.world));
  };
  prepare();
  // A graphics card may be lost, to sleep or to a fault of its driver, and all that was on it with it.
  canvas.addEventListener('webglcontextlost', (event) => {
    // Else it would not be given back.
    event.preventDefault();
    tell({ type: 'map', lost: true });
  });
  canvas.addEventListener('webglcontextrestored', () => {
    prepare();
    tell({ type: 'map', lost: false });
  });
  if (first) open(() => first, true);
  requestAnimationFrame(frame);
}

/** Puts a new scene in the place of the old one, which goes on until the new one is there. */
function open(make: () => Promise<Scene>, fatal: boolean): void {
  const number = ++newest;
  opening = opening.then(async () => {
    if (number !== newest) return;
    try {
      const made = await make();
      if (number !== newest) return made.dispose();
      scene?.dispose();
      scene = made;
      enter(made);
    } catch (error) {
      if (number === newest) problem(error, fatal && !scene);
    }
  });
}

function enter(made: Scene): void {
  const { kind, agents, names, engine, weights, thresholds } = made;
  if (made.world) drawing.setSite(outlinesOf(made.world));
  [owed, frames, following] = [0, [], false];
  told.clear();
  told.agent = kind === 'world' ? settings.agent : 0;
  if (kind === 'world') step();
  fit();
  tell({
    type: 'ready',
    kind,
    agents,
    names: names ?? null,
    isa: engine.isa,
    drawing: drawing.kind,
    features: engine.features,
    weights: weights.layers.map((layer) => Array.from(layer)),
    thresholds,
    overview: made instanceof RecordingScene ? made.overview : null,
  });
}

function outlinesOf({ obstacles }: NonNullable<Scene['world']>): Outline[] {
  return obstacles.map(({ x, y, cosine, sine, half_x, half_y, round }) => {
    const corners = round
      ? Array.from({ length: 24 }, (_, i) => [half_x * Math.cos((Math.PI * i) / 12), half_x * Math.sin((Math.PI * i) / 12)])
      : [[-half_x, -half_y], [half_x, -half_y], [half_x, half_y], [-half_x, half_y]];
    return corners.flatMap(([u, v]) => [x + u! * cosine - v! * sine, y + u! * sine + v! * cosine]);
  });
}

/** What differs begins a new world, or only changes how this one is shown. */
function change(wanted: Settings): void {
  // What was to be opened for another source is not wanted any more.
  if (wanted.source !== settings.source) newest++;
  settings = wanted;
  if (wanted.source !== 'world') return;
  told.agent = wanted.agent;
  const shown = scene;
  if (!(shown instanceof WorldScene) || beginsAnew(shown.settings, wanted)) return open(() => WorldScene.open(settings), false);
  newest++;
  if (shown.settings.agent !== wanted.agent) shown.choose(wanted.agent);
  shown.settings = wanted;
  void attempt(() => shown.compare(wanted.compare));
}

function revisit(event: Happening): void {
  scene?.revisit?.(event);
  if (event.x === undefined || event.y === undefined) return;
  following = fitted = false;
  camera.visit(event.x, event.y, 2 * radius, canvas);
}

/** All agents and obstacles within sight. */
function fit(): void {
  const world = scene?.world;
  if (!world) return;
  const { x, y } = world.position;
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  const include = (u: number, v: number) => {
    left = Math.min(left, u);
    right = Math.max(right, u);
    bottom = Math.min(bottom, v);
    top = Math.max(top, v);
  };
  for (const obstacle of world.obstacles) include(obstacle.x, obstacle.y);
  for (let i = 0; i < x.length; i++) if (Number.isFinite(x[i]!)) include(x[i]!, y[i]!);
  if (left < right && bottom < top) camera.fit(left, bottom, right, top, canvas);
  fitted = true;
}

/** Ticks of one frame: as many as real time asks for, or as the budget allows. */
function run(now: number, { tickSeconds }: Scene): void {
  if (tickSeconds === 0) return step();
  owed += Math.min((now - lastFrame) / 1000, longestGap) * settings.speed;
  const end = performance.now() + budget;
  while (running && owed >= tickSeconds && performance.now() < end) {
    step();
    owed -= tickSeconds;
  }
  // What cannot be kept up with is not owed.
  owed = Math.min(owed, tickSeconds);
}

function frame(now: number): void {
  requestAnimationFrame(frame);
  if (scene) {
    if (running) run(now, scene);
    frames.push({ end: now, ticks });
    ticks = 0;
    while (frames.length > 2 && now - frames[0]!.end > 1000) frames.shift();
    if (scene.picture) draw(scene.picture(camera.sight(canvas)));
    if (!waiting) report(scene);
  }
  lastFrame = now;
}

function draw(picture: ReturnType<NonNullable<Scene['picture']>>): void {
  // Softly, so that one sees where it goes.
  if (following && picture.chosen) camera.approach(picture.chosen.x, picture.chosen.y, 0.15);
  const begin = performance.now();
  drawing.draw(picture, camera);
  drawTook.add(begin, performance.now());
}

function report(shown: Scene): void {
  const { world, engine, time } = shown;
  waiting = true;
  const { samples, fresh } = shown.takeSamples();
  const news: Frame = {
    type: 'frame',
    tick: shown.timeline ? shown.timeline.position + 1 : engine.statistics.cycles,
    time,
    weather: world ? { hour: world.hour, light: world.light, rain: world.rain } : null,
    timeline: shown.timeline ?? null,
    look: shown.look(),
    samples,
    fresh,
    events: told.take(),
    meter: meterOf(shown),
    following,
  };
  tell(news);
}

function meterOf(shown: Scene): Meter {
  const { engine, world, agents, tickSeconds, kind } = shown;
  const { world: worldTook, engine: engineTook, compared } = shown.took();
  const seconds = frames.length > 1 ? (frames.at(-1)!.end - frames[0]!.end) / 1000 : 0;
  const done = frames.slice(1).reduce((sum, frame) => sum + frame.ticks, 0);
  const ticksASecond = seconds > 0 ? done / seconds : 0;
  const { latency, stages, sensors_lost_now } = engine.metrics();
  return {
    ticksASecond,
    framesASecond: seconds > 0 ? (frames.length - 1) / seconds : 0,
    agentTicksASecond: ticksASecond * agents,
    pace: kind === 'world' ? ticksASecond * tickSeconds : null,
    world: worldTook,
    engine: engineTook,
    draw: world ? drawTook.mean : 0,
    p50: latency.p50 * 1000,
    p95: latency.p95 * 1000,
    p99: latency.p99 * 1000,
    stages: Object.entries(stages.seconds).map(([name, seconds]) => ({ name, seconds })),
    engineBytes: engine.bytes,
    worldBytes: world?.bytes ?? 0,
    compared,
    anomalies: engine.statistics.anomalies,
    lostSensors: sensors_lost_now,
  };
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    problem(error, false);
  }
}

const progress = (part: number) => tell({ type: 'progress', part });

function obey(order: Order): void {
  switch (order.type) {
    case 'open':
      return begin(order);
    case 'change':
      return change(order.settings);
    case 'live':
      return open(() => LiveScene.open(settings), false);
    case 'choose':
      told.agent = order.agent;
      return scene?.choose(order.agent);
    case 'revisit':
      return revisit(order.event);
    case 'reading':
      if (scene instanceof LiveScene) scene.read(order.seconds, order.readings);
      return;
    case 'preview':
      return void attempt(async () => tell({ type: 'preview', preview: await preview(order.file) }));
    case 'recording':
      return open(async () => RecordingScene.open(settings, await read(order.file, order.preview, order.mapping, progress), progress), false);
    case 'seek':
      if (scene instanceof RecordingScene) scene.seek(order.position);
      return;
    case 'results':
      if (scene instanceof RecordingScene) tell({ type: 'results', results: scene.results() });
      return;
    case 'run':
      ({ running } = order);
      if (running && scene instanceof RecordingScene && scene.ended) scene.seek(0);
      return;
    case 'step':
      if (scene) step();
      return;
    case 'resize':
      canvas.width = order.width;
      canvas.height = order.height;
      drawing.ratio = order.ratio;
      if (fitted) fit();
      return;
    case 'palette':
      ({ palette } = order);
      return drawing.setPalette(palette);
    case 'pan':
      following = fitted = false;
      return camera.pan(order.right, order.down);
    case 'zoom':
      fitted = false;
      return camera.zoom(order.factor, order.column, order.row, canvas);
    case 'fit':
      following = false;
      return fit();
    case 'follow':
      following = order.following;
      return;
    case 'pick':
      if (scene instanceof WorldScene) tell({ type: 'picked', agent: scene.nearestTo(...camera.point(order.column, order.row, canvas)) });
      return;
    case 'fault': {
      const { modality, fault, everyone, magnitude, seconds } = order;
      scene?.world?.inject({ modality, fault, magnitude, seconds, ...(everyone ? {} : { agent: settings.agent }) });
      return;
    }
    case 'incident': {
      const world = scene?.world;
      world?.happen({ incident: order.incident, x: world.truth.position.x[settings.agent]!, y: world.truth.position.y[settings.agent]!, seconds: order.seconds });
      return;
    }
    case 'taken':
      waiting = false;
  }
}

onmessage = ({ data }: MessageEvent<Order>) => {
  try {
    obey(data);
  } catch (error) {
    problem(error, false);
  }
};
