// What TypeScript knows of an engine. Nothing here runs: `npm run lint` and the suite "types" compile it.
import { createSensorium, type CycleResult, type Place, type Places, type PlacesFound, type Row, type RowEvent, type RowResult } from 'sensorium';
import type { Sensorium, SensoriumEvent, SensoriumOptions, Severity } from 'sensorium';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

export async function classic(): Promise<void> {
  const s = await createSensorium();
  same<typeof s.sensors.lidar.points, Float32Array>(true);
  same<keyof typeof s.sensors, 'visual' | 'lidar' | 'audio' | 'imu'>(true);
  s.sensor('imu.gyro');
  // @ts-expect-error: misspelt
  s.sensors.lidar.pionts;
  // @ts-expect-error: no such modality
  s.sensors.radar;
  // @ts-expect-error: no such channel
  s.sensor('lidar.pionts');
  // @ts-expect-error: a column is written into, not replaced
  s.sensors.lidar.points = new Float32Array(1);
  same<ReturnType<typeof s.agent>, CycleResult>(true);
  for (const event of s.events()) {
    if (event.kind === 'anomaly-begin') event.severity satisfies 'none' | 'low' | 'medium' | 'high';
    else if (event.kind === 'sensor-lost') event.sensor satisfies 'visual' | 'lidar' | 'audio' | 'imu';
    // @ts-expect-error: an event that is no sensor's has none
    else event.sensor;
  }
  using engine = s;
  engine.dispose();
}

export async function named(): Promise<void> {
  const s = await createSensorium({
    agents: 10_000,
    channels: { 'room.co2': { min: 400, max: 5000 }, 'room.air.flow': {}, door: { weight: 2 } },
    modalities: { room: { lost_after: 60 } },
    network: { layers: [{ units: 1, activation: 'tanh', weights: [[1, 2, 3]] }] },
  });
  same<typeof s.sensors.room.co2, Float32Array>(true);
  same<typeof s.sensors.door, Float32Array>(true);
  s.sensors.room['air.flow'];
  s.modalities satisfies readonly ('room' | 'door')[];
  s.channels satisfies readonly ('room.co2' | 'room.air.flow' | 'door')[];
  // @ts-expect-error: misspelt
  s.sensors.room.co;
  // @ts-expect-error: a channel of one word has no inner ones
  s.sensors.door.x;
  // @ts-expect-error: the classic channels are not there
  s.sensors.lidar;
}

export async function kinds(): Promise<void> {
  const s = await createSensorium({
    channels: { 'wind.direction': { kind: 'circular', period: 360 }, 'audio.event': { kind: 'categorical', categories: 3 }, 'lap.time': {}, gps: {} },
    modalities: { wind: { timed: true }, gps: { timed: true } },
    readings: { columns: true },
  });
  same<typeof s.sensors.wind.time, Float64Array>(true);
  same<typeof s.sensors.lap.time, Float32Array>(true);
  same<ReturnType<typeof s.sensorTime>, Float64Array>(true);
  same<typeof s.features, readonly string[]>(true);
  same<typeof s.results.held, readonly Float32Array[]>(true);
  s.sensorTime('gps');
  // @ts-expect-error: no such modality
  s.sensorTime('lidar');
  // @ts-expect-error: no such kind
  await createSensorium({ channels: { a: { kind: 'polar' } } });
}

export async function wrong(): Promise<void> {
  // @ts-expect-error: misspelt
  await createSensorium({ agnets: 5 });
  // @ts-expect-error: of another type
  await createSensorium({ agents: '5' });
  // @ts-expect-error: misspelt within a group
  await createSensorium({ detection: { windw: 5 } });
  // @ts-expect-error: misspelt within a channel
  await createSensorium({ channels: { a: { weight: 1, scle: 1 } } });
  // @ts-expect-error: no channel belongs to that modality
  await createSensorium({ channels: { 'a.x': {} }, modalities: { b: {} } });
  // @ts-expect-error: not an activation
  await createSensorium({ network: { layers: [{ activation: 'sigmoid2' }] } });
  // @ts-expect-error: not a backend
  await createSensorium({ backend: 'gpu' });
}

export async function space(): Promise<void> {
  const s = await createSensorium({ neighbors: { k: 8 }, map: { capacity: 100, from: 'position' } });
  same<typeof s.places, Places>(true);
  s.places.nearest(0, 0, 0, 5) satisfies PlacesFound;
  same<ReturnType<typeof s.places.place>, Place | null>(true);
  same<ReturnType<typeof s.places.path>, { ids: Float64Array; length: number } | null>(true);
  const batch = { ids: new Float64Array(2), distances: new Float32Array(2), counts: new Uint32Array(1) };
  same<ReturnType<typeof s.places.nearestMany<typeof batch>>, typeof batch>(true);
  // @ts-expect-error: many positions have counts
  s.places.nearestMany(new Float32Array(1), new Float32Array(1), null, 2, { ids: batch.ids, distances: batch.distances });
  // @ts-expect-error: ids need 64 bits
  s.places.nearest(0, 0, 0, 1, { ids: new Float32Array(1), distances: new Float32Array(1) });
}

export async function events(): Promise<void> {
  const s = await createSensorium({ channels: { 'room.co2': {}, door: {} }, events: { lost: { on_delay: 2 }, acknowledge: true } });
  type Own = SensoriumEvent<'room' | 'door'>;
  const own: Own[] = Array.from(s.events(), (event) => ({ ...event }));
  own.pop() satisfies Own | undefined;
  for (const event of s.events({ kinds: ['anomaly-begin', 'anomaly-end'] })) {
    same<typeof event.kind, 'anomaly-begin' | 'anomaly-end'>(true);
    if (event.kind === 'anomaly-begin') same<typeof event.severity, Severity>(true);
    // @ts-expect-error: what ends has no severity
    else event.severity;
  }
  const remove: () => void = s.on('sensor-lost', ({ sensor }) => sensor satisfies 'room' | 'door');
  remove();
  s.on('*', (event) => same<typeof event, Own>(true));
  // @ts-expect-error: no such kind
  s.on('anomaly', () => {});
  // @ts-expect-error: a deadband needs a level
  await createSensorium({ events: { blind: { deadband: 1 } } });
  for await (const { sensor } of s.eventStream({ kinds: ['sensor-back'], signal: AbortSignal.timeout(1) })) sensor satisfies 'room' | 'door';
  for (const { kind, sensor } of s.alarms()) s.acknowledge(0, kind, sensor);
  // @ts-expect-error: no such modality
  s.acknowledge(0, 'lost', 'window');
  same<ReturnType<typeof s.transform>, TransformStream<Row | readonly Row[], RowEvent<'room' | 'door'>>>(true);
  const results: ReadableStream<RowResult> = new ReadableStream<Row>().pipeThrough(s.transform({ time: 'at' }));
  const told = results.pipeThrough(new TransformStream<RowResult, Row>()).pipeThrough(s.transform({ emit: 'events' }));
  for await (const event of told) if (event.kind === 'sensor-lost') event.agent satisfies number | string;
}

export async function replays(): Promise<void> {
  const s = await createSensorium({ neighbors: { k: 2 } });
  const part = { times: new Float64Array(1), inputs: new Float32Array(2) };
  const { results, events } = s.tickMany({ ...part, columns: ['sensors.imu.gyro', 'position.x'], results: ['fused', 'output', 'anomaly.severity', 'place.id'] });
  same<typeof results.fused, Float32Array>(true);
  same<typeof results.output, readonly Float32Array[]>(true);
  same<typeof results.anomaly.severity, Uint8Array>(true);
  same<typeof results.place.id, Float64Array>(true);
  // @ts-expect-error: was not asked for
  results.anomaly.score;
  // @ts-expect-error: was not asked for
  results.prediction;
  for (const event of events()) event.tick satisfies number;
  s.tickMany({ ...part, results: ['fused'], into: { fused: new Float32Array(1) } });
  // @ts-expect-error: misspelt
  s.tickMany({ ...part, columns: ['sensors.imu.gyros'] });
  // @ts-expect-error: no column of f32
  s.tickMany({ ...part, columns: ['active'] });
  // @ts-expect-error: a group of columns
  s.tickMany({ ...part, results: ['anomaly'] });
  // @ts-expect-error: times need 64 bits
  s.tickMany({ ...part, times: new Float32Array(1) });
  // @ts-expect-error: flags are bits
  s.tickMany({ ...part, results: ['flags'], into: { flags: new Float32Array(1) } });
}

/** Options that are only known when the program runs: any name may be there. */
export async function dynamic(options: SensoriumOptions, names: string[]): Promise<Sensorium> {
  const s = await createSensorium(options);
  for (const name of names) s.sensor(name).fill(0);
  const events: Iterable<SensoriumEvent> = s.events();
  for (const event of events) if (event.kind === 'sensor-back') event.sensor satisfies string;
  const room = s.sensors['room'];
  if (room instanceof Float32Array) room.fill(0);
  return s;
}
