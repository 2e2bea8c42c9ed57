// `sensorium inspect`: the configuration that `run` would infer, to be kept and changed.
import { printConfig } from './config.ts';
import { openOutput } from './output.ts';
import { inputFile, refuseShared } from './own-files.ts';
import { openTable } from './table.ts';
import { note } from './terminal.ts';

export interface InspectOptions {
  out?: string;
  time?: string | false;
  agent?: string | false;
  quiet?: boolean;
}

export async function inspect(path: string, options: InspectOptions): Promise<number> {
  refuseShared(inputFile(path), { '--out': options.out });
  const table = await openTable(path, { time: options.time, agent: options.agent });
  table.input.close();
  for (const text of table.notes) note(options.quiet === true, `${table.input.name}: ${text}`);
  const output = openOutput(options.out);
  try {
    output.add(printConfig(table.config));
    await output.flush();
    output.commit();
  } finally {
    output.abandon();
  }
  const { out, quiet = false } = options;
  if (out !== undefined) note(quiet, `${out}: written; sensorium run ${path} --config ${out} uses it`);
  return 0;
}
