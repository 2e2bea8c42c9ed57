// `sensorium explain`: what an engine would take in memory, before there is one.
import { explain as explainOptions, type SensoriumOptions } from '../node.ts';
import { readConfig } from './config.ts';
import { openOutput } from './output.ts';
import { brief, bytesText, grouped } from './terminal.ts';

export interface ExplainOptions {
  config?: string;
  agents?: number;
  json?: boolean;
}

/** Returns the exit code. */
export async function explain({ config, agents, json }: ExplainOptions): Promise<number> {
  const given: SensoriumOptions = config === undefined ? {} : readConfig(config).engine;
  const options = agents === undefined ? given : { ...given, agents };
  const explanation = await explainOptions<string>(options);
  const rows = options.agents ?? 1;
  const output = openOutput(undefined);
  output.add(json ? `${JSON.stringify({ agents: rows, ...explanation }, null, 2)}\n` : table(rows, explanation));
  await output.flush();
  return 0;
}

type Row = [name: string, bytes: string, each: string, more?: string];

function table(agents: number, { bytes, parts, options }: Awaited<ReturnType<typeof explainOptions>>): string {
  const row = (name: string, size: number, more?: string): Row => [name, grouped(size), brief(size / agents), more && `against ${more}`];
  const sections: Row[][] = [
    [['part', 'bytes', 'an agent'], ...Object.entries(parts).filter(([, size]) => size > 0).map(([name, size]) => row(name, size)), row('all', bytes)],
    [['option', 'adds bytes', 'an agent'], ...options.map(({ option, without, bytes: size }) => row(option, size, without))],
  ];
  const width = (column: 0 | 1 | 2) => Math.max(...sections.flat().map((cells) => cells[column].length));
  const [names, sizes, each] = [width(0), width(1), width(2)];
  const line = ([name, size, one, more]: Row) => `  ${name.padEnd(names)}  ${size.padStart(sizes)}  ${one.padStart(each)}${more ? `  ${more}` : ''}`;
  const heading = `${grouped(agents)} agent${agents === 1 ? '' : 's'}: ${bytesText(bytes)}`;
  return `${heading}\n${sections.map((section) => section.map(line).join('\n')).join('\n\n')}\n`;
}
