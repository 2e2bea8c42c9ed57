// An agent's cycle as a line of output: JSON, or CSV with flat columns. Straight from the result columns, without objects in between.
import { Flag, type Results, type Sensorium } from '../node.ts';
import { decimal } from './decimal.ts';

export interface LineFormat {
  /** What stands before the first line. */
  header: string;
  /** The line of a row of the result columns; `time` and `agent` are JSON values as text. */
  line(row: number, cycle: number, time: string, agent: string): string;
}

export type FormatName = 'ndjson' | 'csv';
export const severities = ['none', 'low', 'medium', 'high'] as const;

export function formatOf(file: string): FormatName {
  return file.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson';
}

export function makeFormat(name: FormatName, engine: Sensorium<string>): LineFormat {
  return name === 'csv' ? csvLines(engine.results, engine.modalities) : jsonLines(engine.results, engine.modalities);
}

function jsonLines({ fused, confidence, output, anomaly, prediction, flags }: Results, modalities: readonly string[]): LineFormat {
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
      return `{"cycle":${cycle},"time":${time},"agent":${agent},"fused":${decimal(fused[row]!)},"confidence":${decimal(confidence[row]!)},"output":[${list(output, row)}],"anomaly":${anomalyText},"prediction":${predictionText},"lost":[${lostOf(bits, lostNames).join(',')}]}\n`;
    },
  };
}

function csvLines({ fused, confidence, output, anomaly, prediction, flags }: Results, modalities: readonly string[]): LineFormat {
  const numbered = (name: string, columns: readonly unknown[]) => columns.map((_, i) => `${name}.${i}`);
  const scores = ['score', 'z', 'severity', 'mean', 'deviation'].map((name) => `anomaly.${name}`);
  const names = ['cycle', 'time', 'agent', 'fused', 'confidence', ...numbered('output', output), ...scores, ...numbered('prediction.values', prediction.values), 'prediction.confidence', 'prediction.trend', 'lost'];
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
      return `${before.join(',')},${scored},${predicted},${quoted(lostOf(bits, modalities).join(';'))}\n`;
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
