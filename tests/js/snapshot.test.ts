// Snapshots through the facade: they go on in another engine, on another backend, and anything else is refused with nothing changed.
import { createSensorium, type Sensorium, type SensoriumOptions } from 'sensorium';
import { describe, expect, it } from 'vitest';
import { backends, inNode, oneBackend, refused, thrown } from './support.ts';

const options = {
  agents: 70,
  modalities: { lidar: { hold: 'once' }, visual: { half_life: 0.5 } },
  neighbors: { k: 3, radius: 8 },
  map: { capacity: 40, merge_radius: 2, link_radius: 6 },
} as const satisfies SensoriumOptions;

/** expect() takes seconds over a million bytes. */
function expectSame(a: Uint8Array, b: Uint8Array): void {
  expect(a.length).toBe(b.length);
  expect(a.findIndex((byte, i) => byte !== b[i])).toBe(-1);
}

function run(s: Sensorium, from: number, to: number): void {
  for (let tick = from; tick < to; tick++) {
    s.simulate(5, { pattern: 'mixed' });
    for (let i = 0; i < s.agents; i++) {
      s.position.x[i] = ((i * 7919 + tick * (i % 13)) % 512) / 16;
      s.position.y[i] = ((i * 104729 + tick * (i % 7)) % 256) / 16;
    }
    s.tick(tick / 10);
  }
}

async function ran(ticks: number, backend: 'native' | 'wasm'): Promise<Sensorium> {
  const s = (await createSensorium({ ...options, backend })) as Sensorium;
  run(s, 0, ticks);
  return s;
}

const pairs = backends.flatMap((from) => backends.map((to) => [from, to] as const));

describe.each(pairs)('a snapshot from %s on %s', (from, to) => {
  it('goes on bit for bit, in views that stay', async () => {
    const first = await ran(60, from);
    const other = await ran(7, to);
    const { fused } = other.results;
    const snapshot = first.snapshot();
    other.restore(snapshot);
    expect(other.results.fused).toBe(fused);
    expect(fused).toEqual(first.results.fused);
    const told = (s: Sensorium) => Array.from(s.events(), (event) => ({ ...event }));
    expect(told(other)).toEqual(told(first));
    expectSame(other.snapshot(), snapshot);
    expect(other.places.count).toBe(first.places.count);
    run(first, 60, 120);
    run(other, 60, 120);
    expectSame(other.snapshot(), first.snapshot());
    first.dispose();
    other.dispose();
  });

  it('makes an engine alone', async () => {
    const first = await ran(30, from);
    const snapshot = first.snapshot();
    const other = await createSensorium<string>({ snapshot, backend: to });
    expect(other.agents).toBe(70);
    expectSame(other.snapshot(), snapshot);
    const again = await createSensorium<string>({ snapshot: snapshot.slice().buffer, agents: 70, backend: to });
    expect(again.statistics.cycles).toBe(30);
    const error = await refused({ snapshot, agents: 71, backend: to });
    expect(error).toMatchObject({ code: 'snapshot_config', where: 'agents', expected: '71', got: '70' });
    for (const s of [first, other, again]) s.dispose();
  });
});

describe.each(backends)('snapshots on %s', (backend) => {
  it('go into a buffer, at any offset, and leave what is behind', async () => {
    const s = await ran(20, backend);
    const snapshot = s.snapshot();
    expect(s.snapshotBytes).toBeGreaterThanOrEqual(snapshot.length);
    for (const offset of [0, 1, 8, 13]) {
      const buffer = new Uint8Array(s.snapshotBytes + 100_000).fill(0xa5);
      expect(s.snapshotInto(buffer.subarray(offset))).toBe(snapshot.length);
      expectSame(buffer.subarray(offset, offset + snapshot.length), snapshot);
      expect(buffer.subarray(0, offset).every((byte) => byte === 0xa5)).toBe(true);
      expect(buffer.subarray(offset + snapshot.length).every((byte) => byte === 0xa5)).toBe(true);
      // What follows a snapshot is not looked at.
      s.restore(buffer.subarray(offset));
      expectSame(s.snapshot(), snapshot);
    }
    s.dispose();
  });

  it('of larger engines go in pieces', async () => {
    const s = await createSensorium({ agents: 3000, backend });
    const other = await createSensorium({ agents: 3000, backend });
    for (let tick = 0; tick < 20; tick++) {
      s.simulate(1);
      s.tick(tick);
    }
    const snapshot = s.snapshot();
    expect(snapshot.length).toBeGreaterThan(500_000);
    other.restore(snapshot);
    expectSame(other.snapshot(), snapshot);
    const altered = snapshot.slice();
    altered[400_000]! ^= 1;
    s.reset();
    const before = s.snapshot();
    expect(thrown(() => s.restore(altered))).toMatchObject({ code: 'bad_snapshot', what: 'The snapshot was altered' });
    expectSame(s.snapshot(), before);
    s.dispose();
    other.dispose();
  });

  it('are refused with the reason, and the engine stays as it was', async () => {
    const s = await ran(20, backend);
    const snapshot = s.snapshot();
    const other = await createSensorium({ ...options, agents: 71, backend });
    expect(thrown(() => other.restore(snapshot))).toMatchObject({ code: 'snapshot_config', where: 'agents', expected: '71', got: '70' });
    const cut = snapshot.subarray(0, snapshot.length - 1);
    expect(thrown(() => s.restore(cut))).toMatchObject({
      code: 'bad_snapshot',
      what: 'The snapshot is cut',
      expected: `${snapshot.length} bytes`,
      got: `${snapshot.length - 1} bytes`,
    });
    expect(thrown(() => s.restore(new Uint8Array(0))).code).toBe('bad_snapshot');
    expect(thrown(() => s.restore(new Uint8Array(10_000))).what).toBe('This is no snapshot');
    const newer = snapshot.slice();
    newer[8] = 9;
    expect(thrown(() => s.restore(newer)).code).toBe('snapshot_version');
    expect(thrown(() => s.snapshotInto(new Uint8Array(snapshot.length - 1)))).toMatchObject({
      code: 'wrong_count',
      where: 'snapshotInto',
      expected: `${snapshot.length} bytes`,
      got: `${snapshot.length - 1} bytes`,
    });
    expectSame(s.snapshot(), snapshot);
    s.dispose();
    other.dispose();
    for (const use of [() => s.snapshot(), () => s.snapshotInto(snapshot), () => s.restore(snapshot), () => s.snapshotBytes]) {
      expect(thrown(use).code).toBe('disposed');
    }
  });

  it('take bytes and nothing else', async () => {
    const s = await ran(2, backend);
    const detached = new Uint8Array(s.snapshotBytes);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(thrown(() => s.snapshotInto(detached))).toMatchObject({ code: 'wrong_count', got: '0 bytes' });
    expect(thrown(() => s.restore(detached)).code).toBe('bad_snapshot');
    const pretender = Object.defineProperty(new DataView(new ArrayBuffer(8)), Symbol.toStringTag, { value: 'Uint8Array' });
    const others: unknown[] = [undefined, null, 'text', 5, [1, 2], {}, new Float32Array(9), new DataView(new ArrayBuffer(8)), pretender];
    if (typeof SharedArrayBuffer !== 'undefined') others.push(new Uint8Array(new SharedArrayBuffer(1000)));
    for (const other of others) {
      expect(thrown(() => s.restore(other as Uint8Array)).code).toBe('wrong_type');
      expect(thrown(() => s.snapshotInto(other as Uint8Array)).code).toBe('wrong_type');
      if (other !== undefined) expect((await refused({ snapshot: other, backend })).code).toBe('wrong_type');
    }
    expect(thrown(() => s.restore({} as Uint8Array)).expected).toBe('an ArrayBuffer or Uint8Array, not of shared memory');
    expect(thrown(() => s.snapshotInto({} as Uint8Array)).expected).toBe('a Uint8Array, not of shared memory');
    const own = new Uint8Array(s.results.fused.buffer as ArrayBuffer);
    expect(thrown(() => s.snapshotInto(own)).code).toBe('bad_block');
    expect(thrown(() => s.restore(own)).code).toBe('bad_block');
    s.dispose();
  });

  it('bring given weights', async () => {
    const weights = Float32Array.from({ length: 32 }, (_, i) => i / 32);
    const network = { layers: [{ units: 8, weights }, { units: 2 }] };
    const s = await createSensorium({ network, backend });
    const plain = await createSensorium({ network: { layers: [{ units: 8 }, { units: 2 }] }, backend });
    plain.restore(s.snapshot());
    for (const engine of [s, plain]) {
      engine.simulate(1);
      engine.tick(0);
    }
    expect(plain.results.output[0]).toEqual(s.results.output[0]);
    s.dispose();
    plain.dispose();
  });
});

it('are the same bytes on both backends', async (context) => {
  if (!inNode) return context.skip(oneBackend);
  const [native, wasm] = await Promise.all([ran(50, 'native'), ran(50, 'wasm')]);
  expectSame(native.snapshot(), wasm.snapshot());
  native.dispose();
  wasm.dispose();
});
