// An agent's cycle as a line of output: JSON, or CSV with flat columns. Straight from the result columns, without objects in between.
import { Flag, type ResultPath, type Results } from '../node.ts';
import { decimal } from './decimal.ts';

export interface LineFormat {
  /** What stands before the first line. */
  header: string;
  /** The line of what stands at `at` in the result columns; `time` and `agent` are JSON values as text. */
  line(at: number, cycle: number, time: string, agent: string): string;
}

export type FormatName = 'ndjson' | 'csv';
export const severities = ['none', 'low', 'medium', 'high'] as const;

export function formatOf(file: string): FormatName {
  return file.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson';
}

/** Lines of an engine's results, or of a recording's. */
export function makeFormat(name: FormatName, results: Results, modalities: readonly string[]): LineFormat {
  return name === 'csv' ? csvLines(results, modalities) : jsonLines(results, modalities);
}

/** The results that lines are made of, and the summary. */
export function columnsOfLines(results: Results): ResultPath[] {
  const known = Object.keys(results);
  const paths: ResultPath[] = ['fused', 'confidence', 'output', 'anomaly.score', 'anomaly.z', 'anomaly.severity', 'anomaly.mean', 'anomaly.deviation', 'prediction.values', 'prediction.confidence', 'prediction.trend', 'flags', 'changes'];
  if (known.includes('neighbors')) paths.push('neighbors.count', 'neighbors.valid', 'neighbors.index', 'neighbors.distance');
  if (known.includes('place')) paths.push('place.id');
  return paths;
}

/** What only some engines have: undefined where this one has not. */
function spaceOf(results: Results): { near: Results['neighbors'] | undefined; k: number; places: Float64Array | undefined } {
  const known = Object.keys(results);
  const near = known.includes('neighbors') ? results.neighbors : undefined;
  return { near, k: near ? near.index.length / near.count.length : 0, places: known.includes('place') ? results.place.id : undefined };
}

function jsonLines(results: Results, modalities: readonly string[]): LineFormat {
  const { fused, confidence, output, anomaly, prediction, flags } = results;
  const space = jsonSpace(results);
  const lostNames = modalities.map((name) => JSON.stringify(name));
  const list = (columns: readonly Float32Array[], row: number) => {
    let text = '';
    for (let i = 0; i < columns.length; i++) text += (i > 0 ? ',' : '') + decimal(columns[i]![row]!);
    return text;
  };
  return {
    header: '',
    line(row, cycle, time, agent) {
      const bits = flags[row]!;
      const anomalyText =
        bits & Flag.scored
          ? `{"score":${decimal(anomaly.score[row]!)},"z":${decimal(anomaly.z[row]!)},"severity":"${severities[anomaly.severity[row]!]}","mean":${decimal(anomaly.mean[row]!)},"deviation":${decimal(anomaly.deviation[row]!)}}`
          : 'null';
      const predictionText =
        bits & Flag.predicted
          ? `{"values":[${list(prediction.values, row)}],"confidence":${decimal(prediction.confidence[row]!)},"trend":${decimal(prediction.trend[row]!)}}`
          : 'null';
      return `{"cycle":${cycle},"time":${time},"agent":${agent},"fused":${decimal(fused[row]!)},"confidence":${decimal(confidence[row]!)},"output":[${list(output, row)}],"anomaly":${anomalyText},"prediction":${predictionText},"lost":[${lostOf(bits, lostNames).join(',')}]${space(row)}}\n`;
    },
  };
}

/** The parts of a line that tell who is near and where that is; '' of engines that do not know. */
function jsonSpace(results: Results): (row: number) => string {
  const { near, k, places } = spaceOf(results);
  return (row) => {
    let text = '';
    if (near) {
      const first = row * k;
      const last = first + near.valid[row]!;
      const distances = Array.from(near.distance.subarray(first, last), decimal);
      text += `,"neighbors":{"count":${near.count[row]!},"index":[${near.index.subarray(first, last).join(',')}],"distance":[${distances.join(',')}]}`;
    }
    if (places) text += `,"place":${places[row]! < 0 ? 'null' : places[row]!}`;
    return text;
  };
}

/** The same in cells, after a comma each. */
function csvSpace(results: Results): { names: string[]; cells: (row: number) => string } {
  const { near, k, places } = spaceOf(results);
  const each = Array.from({ length: k }, (_, i) => i);
  const names = [
    ...(near ? ['neighbors.count', ...each.map((i) => `neighbors.index.${i}`), ...each.map((i) => `neighbors.distance.${i}`)] : []),
    ...(places ? ['place'] : []),
  ];
  const cells = (row: number) => {
    let text = '';
    if (near) {
      const valid = near.valid[row]!;
      text += `,${near.count[row]!}`;
      for (const i of each) text += i < valid ? `,${near.index[row * k + i]!}` : ',';
      for (const i of each) text += i < valid ? `,${decimal(near.distance[row * k + i]!)}` : ',';
    }
    if (places) text += places[row]! < 0 ? ',' : `,${places[row]!}`;
    return text;
  };
  return { names, cells };
}

function csvLines(results: Results, modalities: readonly string[]): LineFormat {
  const { fused, confidence, output, anomaly, prediction, flags } = results;
  const space = csvSpace(results);
  const numbered = (name: string, columns: readonly unknown[]) => columns.map((_, i) => `${name}.${i}`);
  const scores = ['score', 'z', 'severity', 'mean', 'deviation'].map((name) => `anomaly.${name}`);
  const names = ['cycle', 'time', 'agent', 'fused', 'confidence', ...numbered('output', output), ...scores, ...numbered('prediction.values', prediction.values), 'prediction.confidence', 'prediction.trend', 'lost', ...space.names];
  const none = { anomaly: ','.repeat(scores.length - 1), prediction: ','.repeat(prediction.values.length + 1) };
  return {
    header: `${names.join(',')}\n`,
    line(row, cycle, time, agent) {
      const bits = flags[row]!;
      const before = [cycle, cell(time), cell(agent), decimal(fused[row]!), decimal(confidence[row]!), ...output.map((column) => decimal(column[row]!))];
      const scored =
        bits & Flag.scored
          ? [decimal(anomaly.score[row]!), decimal(anomaly.z[row]!), severities[anomaly.severity[row]!], decimal(anomaly.mean[row]!), decimal(anomaly.deviation[row]!)].join(',')
          : none.anomaly;
      const predicted =
        bits & Flag.predicted
          ? [...prediction.values.map((column) => decimal(column[row]!)), decimal(prediction.confidence[row]!), decimal(prediction.trend[row]!)].join(',')
          : none.prediction;
      return `${before.join(',')},${scored},${predicted},${quoted(lostOf(bits, modalities).join(';'))}${space.cells(row)}\n`;
    },
  };
}

function lostOf(bits: number, modalities: readonly string[]): readonly string[] {
  // Most often nothing is lost, and then no list is made.
  return bits >>> 16 === 0 ? nothing : modalities.filter((_, m) => bits & (Flag.lost << m));
}
const nothing: readonly string[] = [];

/** A JSON value as a cell: text without its JSON quotes. */
function cell(json: string): string {
  return json.startsWith('"') ? quoted(JSON.parse(json) as string) : json;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
