// The story's charts, as SVG: Observable Plot, in a document without a browser.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { story } from './story.mjs';

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const ink = '#1f2933';
const colors = { fault: '#f59e0b', incident: '#dc2626', reading: '#2563eb', engine: '#0f766e' };
const shades = { fault: '#fde9c3', incident: '#fbd5d5' };

/** Unit of each channel, as the README of the classic channels has them. */
const units = {
  'visual.objects': 'count', 'visual.brightness': '0..1', 'visual.motion': '0..1',
  'lidar.points': 'count', 'lidar.max_range': 'm', 'lidar.obstacles': 'count',
  'audio.amplitude': '0..1', 'audio.frequency': 'Hz', 'audio.event': '0, 1, 2',
  'imu.accel_x': 'm/s²', 'imu.accel_y': 'm/s²', 'imu.accel_z': 'm/s²', 'imu.gyro': 'rad/s',
};

const columnWidth = 560;
const panelHeight = 92;

/** A chart's SVG element, of a size; its title stands outside it. */
function chart({ width, height, title = '', ...options }) {
  return { width, height, title, svg: Plot.plot({ document, width, height, style: { fontSize: '11px', color: ink, background: 'none' }, ...options }) };
}

const shading = (intervals) => Plot.rectX(intervals, { x1: 'from', x2: 'to', fill: ({ kind }) => shades[kind] });
const time = { domain: [0, story.seconds], label: null };

function panel(title, unit, marks, { last = false, y = {} } = {}) {
  return chart({
    width: columnWidth,
    height: panelHeight + (last ? 22 : 0),
    title: `<tspan font-weight="600">${title}</tspan><tspan dx="6" fill="#7b8794">${unit}</tspan>`,
    marginLeft: 72,
    marginRight: 12,
    marginTop: 20,
    marginBottom: last ? 30 : 8,
    x: { ...time, ticks: 10, tickFormat: last ? undefined : () => '', tickSize: last ? 4 : 0, label: last ? 'seconds' : null, labelAnchor: 'center', labelArrow: 'none' },
    y: { ticks: 3, nice: true, label: null, ...y },
    marks: [
      ...marks,
      Plot.ruleX([0], { stroke: '#cbd2d9' }),
    ],
  });
}

/** Lowest and highest of each fifth of a second: sixty readings a second are a band to the eye. */
function bands(readings) {
  const fifths = new Map();
  for (const { time: at, value } of readings) {
    const fifth = Math.floor(at * 5);
    const { low, high } = fifths.get(fifth) ?? { low: value, high: value };
    fifths.set(fifth, { low: Math.min(low, value), high: Math.max(high, value) });
  }
  return [...fifths].map(([fifth, range]) => ({ time: (fifth + 0.5) / 5, ...range }));
}

function channelPanel(told, name, last) {
  const readings = told.channels[name];
  const marks = name.startsWith('imu.')
    ? [Plot.areaY(bands(readings), { x: 'time', y1: 'low', y2: 'high', fill: colors.reading, curve: 'step' })]
    : [Plot.lineY(readings, { x: 'time', y: 'value', stroke: colors.reading, strokeWidth: 1, curve: name === 'audio.event' ? 'step-after' : 'linear' })];
  return panel(name, units[name], [shading(told.intervals), ...marks], { last, y: name === 'audio.event' ? { domain: [-0.1, 2.1], nice: false, ticks: [0, 1, 2] } : {} });
}

/** What the truth and the engine say, under the sensors. */
function enginePanels(told, situations) {
  const changes = told.situation.filter(({ value }, i, all) => i === 0 || value !== all[i - 1].value);
  const spans = changes.map(({ time: from, value }, i) => ({ from, to: changes[i + 1]?.time ?? story.seconds, situation: situations[value] }));
  const truth = panel('truth', 'situation', [shading(told.intervals), Plot.rect(spans, { x1: 'from', x2: 'to', y1: (d) => situations.indexOf(d.situation) - 0.4, y2: (d) => situations.indexOf(d.situation) + 0.4, fill: '#52606d' })], {
    y: { domain: [-0.6, situations.length - 0.4], nice: false, ticks: situations.map((_, i) => i), tickFormat: (i) => situations[i], grid: true },
  });
  const fused = panel('engine', 'fused value, and its events', [
    shading(told.intervals),
    Plot.lineY(told.engine.filter((_, i) => i % 6 === 0), { x: 'time', y: 'fused', stroke: colors.engine }),
    Plot.tickX(told.begun, { x: 'time', stroke: colors.incident, strokeOpacity: 0.35, insetTop: 58 }),
    Plot.tickX(told.lost, { x: 'time', stroke: '#000', strokeWidth: 2, insetTop: 50 }),
  ]);
  const score = panel('engine', '|z| of the fused value; an alarm is above 2', [
    shading(told.intervals),
    Plot.areaY(bands(told.engine.map(({ time: at, z }) => ({ time: at, value: z }))), { x: 'time', y1: 'low', y2: 'high', fill: colors.engine, curve: 'step' }),
    Plot.ruleY([2], { stroke: colors.incident, strokeDasharray: '3,3' }),
  ], { last: true, y: { domain: [0, 4.4], nice: false } });
  return [truth, fused, score];
}

/** Charts in columns on one page, under a title and a legend. */
function page(title, about, columns) {
  const top = 78;
  const width = columns.length * (columnWidth + 12) + 12;
  const height = top + Math.max(...columns.map((charts) => charts.reduce((sum, { height: h }) => sum + h, 0))) + 10;
  const legend = [['fault', `${story.fault.modality} ${story.fault.fault}`], ['incident', story.incident.incident]];
  let body = `<text x="18" y="26" font-size="17" font-weight="700">${title}</text><text x="18" y="46" fill="#52606d">${about}</text>`;
  legend.forEach(([kind, text], i) => (body += `<rect x="${18 + i * 130}" y="56" width="22" height="12" fill="${shades[kind]}" stroke="${colors[kind]}" stroke-width="0.6"/><text x="${46 + i * 130}" y="66">${text}</text>`));
  columns.forEach((charts, column) => {
    let y = top;
    for (const { svg, title: text, height: h } of charts) {
      body += `<g transform="translate(${12 + column * (columnWidth + 12)},${y})">${inner(svg)}<text x="8" y="13" font-size="11">${text}</text></g>`;
      y += h;
    }
  });
  return wrap(width, height, body);
}

const wrap = (width, height, body) =>
  rounded(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}"><rect width="100%" height="100%" fill="#fff"/>${body}</svg>\n`);

/** A chart within another SVG: one that is nested keeps its size and its own scales. */
const inner = (svg) => svg.outerHTML.replace(/<style>[\s\S]*?<\/style>/, '').replace(/ class="[^"]*"/g, '');
/** Half a pixel's tenth is seen by nobody, and the files are half as large. */
const rounded = (text) => text.replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height|cx|cy|r)="[^"]*"/g, (attribute) => attribute.replace(/\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1)))));

export function storyPage(told, situations) {
  const names = Object.keys(told.channels);
  const about = `${story.world}, seed ${story.seed}, agent ${story.agent} of ${story.agents}: what its sensors deliver, what is so, and what the engine makes of it. Shaded: true anomalies.`;
  const left = names.filter((name) => /^(visual|lidar|audio)\./.test(name));
  const right = names.filter((name) => name.startsWith('imu.'));
  return page('A fault and an intruder', about, [
    left.map((name, i) => channelPanel(told, name, i === left.length - 1)),
    [...right.map((name, i) => channelPanel(told, name, i === right.length - 1)), ...enginePanels(told, situations)],
  ]);
}

const corners = ({ x, y, cosine, sine, half_x: a, half_y: b }) => [[-a, -b], [a, -b], [a, b], [-a, b], [-a, -b]].map(([u, v]) => ({ x: x + u * cosine - v * sine, y: y + u * sine + v * cosine }));

export function mapPage(told) {
  const { path, intruder, obstacles, intervals } = told;
  const middle = (of) => (Math.min(...path.map(of)) + Math.max(...path.map(of))) / 2;
  const [cx, cy] = [middle(({ x }) => x), middle(({ y }) => y)];
  const span = (of) => Math.max(...path.map(of)) - Math.min(...path.map(of));
  const half = Math.max(40, 0.5 * Math.max(span(({ x }) => x), span(({ y }) => y)) + 25);
  const near = obstacles.filter(({ x, y, half_x, half_y }) => Math.abs(x - cx) < half + half_x + half_y && Math.abs(y - cy) < half + half_x + half_y);
  const during = (kind) => path.filter(({ time: at }) => intervals.some((interval) => interval.kind === kind && at >= interval.from && at < interval.to));
  const pins = [{ ...path[0], text: '0 s' }, ...intervals.map((interval) => ({ ...path.find(({ time: at }) => at >= interval.from), text: `${interval.kind === 'fault' ? interval.fault : interval.incident}, ${interval.from.toFixed(0)} s` })), { ...path.at(-1), text: `${story.seconds} s` }];
  const size = 640;
  const boxes = near.filter(({ round }) => !round).flatMap((obstacle, box) => corners(obstacle).map((corner) => ({ ...corner, box })));
  const map = chart({
    width: size, height: size, marginLeft: 46, marginBottom: 38, marginTop: 10, marginRight: 14, clip: true,
    x: { domain: [cx - half, cx + half], label: 'metres', labelArrow: 'none', labelAnchor: 'center', ticks: 8, grid: true },
    y: { domain: [cy - half, cy + half], label: null, ticks: 8, grid: true },
    marks: [
      Plot.line(boxes, { x: 'x', y: 'y', z: 'box', fill: '#cbd2d9', stroke: '#9aa5b1' }),
      Plot.dot(near.filter(({ round }) => round), { x: 'x', y: 'y', r: ({ half_x }) => Math.max(1.2, (half_x * (size - 60)) / (2 * half)), fill: '#9aa5b1' }),
      Plot.line(path, { x: 'x', y: 'y', stroke: colors.reading, strokeWidth: 2 }),
      Plot.dot(during('fault'), { x: 'x', y: 'y', r: 3, fill: colors.fault }),
      Plot.dot(during('incident'), { x: 'x', y: 'y', r: 3, fill: colors.incident }),
      Plot.line(intruder, { x: 'x', y: 'y', stroke: '#000', strokeDasharray: '2,3' }),
      Plot.dot(pins, { x: 'x', y: 'y', r: 4, fill: '#fff', stroke: ink }),
      Plot.text(pins, { x: 'x', y: 'y', text: 'text', dx: 8, textAnchor: 'start', fontWeight: 600, stroke: '#fff', strokeWidth: 4, fill: ink }),
    ],
  });
  const legend = [[colors.reading, 'the agent’s path'], [colors.fault, `${story.fault.modality} ${story.fault.fault}`], [colors.incident, 'intruder about'], ['#000', 'the intruder'], ['#9aa5b1', 'obstacles']];
  const keys = legend.map(([color, text], i) => `<rect x="${18 + i * 126}" y="34" width="12" height="12" fill="${color}"/><text x="${35 + i * 126}" y="44">${text}</text>`).join('');
  return wrap(size + 16, size + 60, `<text x="18" y="24" font-size="17" font-weight="700">Where it happened</text>${keys}<g transform="translate(8,54)">${inner(map.svg)}</g>`);
}
