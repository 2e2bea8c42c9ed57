// Which columns of the file say where the agents are. Only engines with neighbours or a map of positions ask.
import type { SensoriumOptions } from '../node.ts';
import type { Column } from './columns.ts';
import { Failure } from './problem.ts';
import { columnNamed, columnsThereAre } from './roles.ts';

export interface Position {
  /** "position.x": also what `csv.columns` calls it. */
  name: string;
  column: Column;
}

const names = ['position.x', 'position.y', 'position.z'];

/** Whether the engine has columns for positions. Values of wrong types are the core's to refuse. */
function asks({ neighbors, map }: SensoriumOptions): boolean {
  const some = (value: unknown) => typeof value === 'number' && value > 0;
  return some(neighbors?.k) || (some(map?.capacity) && map?.from !== 'features');
}

/** `given`: the columns of x, y and perhaps z that the arguments name; `mapping`: channel, or position, to column. */
export function findPositions(columns: Column[], engine: SensoriumOptions, mapping: Record<string, string>, given: string[] | undefined): Position[] {
  if (!asks(engine)) {
    if (given) throw new Failure('--position: expected a configuration with neighbors or map, for which positions are, got neither');
    return [];
  }
  if (given) return given.map((name, axis) => ({ name: names[axis]!, column: columnNamed(columns, name, 'position') }));
  const found = names.flatMap((name) => {
    if (Object.hasOwn(mapping, name)) return [{ name, column: columnNamed(columns, mapping[name]!, name) }];
    const column = columns.find((candidate) => candidate.name === name);
    return column ? [{ name, column }] : [];
  });
  const missing = names.slice(0, 2).filter((name) => !found.some((position) => position.name === name));
  if (missing.length === 0) return found;
  throw new Failure(`expected columns of positions for neighbors and map, got none for ${missing.join(' and ')}. --position x,y,z names them. ${columnsThereAre(columns)}`);
}
