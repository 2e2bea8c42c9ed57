// The world's WebAssembly module: the golden hashes of tests/world/golden_test.cpp, and errors of its verbs.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import golden from '../golden/world.json' with { type: 'json' };

interface Column {
  readonly name: string;
  readonly type: number;
  readonly rows: number;
  readonly offset: number;
}
interface WorldPort {
  set_number(option: string, value: number): boolean;
  set_text(option: string, value: string): boolean;
  create(): number;
  inject(agent: number, modality: string, fault: string, magnitude: number, seconds: number): boolean;
  happen(incident: string, x: number, y: number, seconds: number): boolean;
  columns(): number;
  column(index: number): Column;
  name(of: string, number: number): string;
  error(part: number): string;
  _sensorium_world_step(): void;
}

const folder = new URL('../../build/wasm/', import.meta.url);
const [f64, u8] = [1, 2];

async function instantiate(): Promise<{ port: WorldPort; memory: WebAssembly.Memory }> {
  const { default: make } = await import(new URL('sensorium_world.js', folder).href) as { default: (options: object) => Promise<WorldPort> };
  const module = new WebAssembly.Module(readFileSync(new URL('sensorium_world.wasm', folder)));
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512 });
  const port = await make({
    wasmMemory: memory,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
  return { port, memory };
}

describe('the world in WebAssembly', () => {
  it.each(Object.entries(golden))('%s has the bits of C++', async (name, expected) => {
    const { port, memory } = await instantiate();
    const settings = [port.set_text('world', name), port.set_number('agents', 100), port.set_number('seed', 2), port.set_number('rain', 10)];
    expect(settings).toEqual([true, true, true, true]);
    const base = port.create();
    expect(base, port.error(1)).toBeGreaterThan(0);
    const columns = Array.from({ length: port.columns() }, (_, i) => port.column(i));
    const spots = new Float32Array(memory.buffer, base + columns.find((column) => column.name === 'scene.spots')!.offset, 4);
    const views = columns.filter(({ rows }) => rows === 100).map(({ type, offset }) =>
      type === u8 ? new Uint8Array(memory.buffer, base + offset, 100) : new Uint32Array(memory.buffer, base + offset, type === f64 ? 200 : 100));
    let first = 0x811c9dc5;
    let second = 0x9e3779b9;
    const add = (word: number): void => {
      first = Math.imul(first ^ word, 16777619);
      second = Math.imul(second ^ ((word << 16) | (word >>> 16)), 16777619);
    };
    for (let tick = 0; tick < 300; tick++) {
      const done = [
        tick !== 60 || port.happen('intruder', spots[0]!, spots[1]!, 2),
        tick !== 90 || port.happen('explosion', spots[2]!, spots[3]!, 3),
        tick !== 120 || (port.inject(3, 'lidar', 'noise', 2, 1) && port.inject(-1, 'audio', 'reorder', 3, 1)),
      ];
      expect(done).toEqual([true, true, true]);
      port._sensorium_world_step();
      for (const view of views) {
        if (view.length === 200) for (let i = 0; i < 100; i++) add(view[2 * i]! ^ view[2 * i + 1]!);
        else for (const word of view) add(word);
      }
    }
    expect([first, second].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('')).toBe(expected);
  });

  it('says what is wrong', async () => {
    const { port } = await instantiate();
    expect(port.set_number('agent', 1)).toBe(false);
    expect([port.error(0), port.error(2)]).toEqual(['unknown_option', 'agent']);
    expect(port.set_number('agents', 1.5)).toBe(false);
    expect(port.error(0)).toBe('out_of_range');
    expect(port.set_text('world', 'moon')).toBe(true);
    expect(port.create()).toBe(0);
    expect([port.error(2), port.error(4)]).toEqual(['world', '"moon"']);
    port.set_text('world', 'forest');
    expect(port.create()).toBeGreaterThan(0);
    expect(port.inject(0, 'smell', 'drift', 1, 1)).toBe(false);
    expect([port.error(2), port.error(3)]).toEqual(['modality', 'one of visual, lidar, audio, imu']);
    expect(port.inject(100, 'imu', 'drift', 1, 1)).toBe(false);
    expect(port.error(0)).toBe('agent_out_of_range');
    expect(port.happen('flood', 1, 1, 1)).toBe(false);
    expect(Array.from({ length: 6 }, (_, i) => port.name('situation', i))).toEqual(['calm', 'alone', 'crowded', 'threatened', 'blind', '']);
  });
});
