// A network from a .safetensors file: on every backend the one that the file holds, or an error that says where it is wrong.
import { createSensorium } from 'sensorium';
import { describe, expect, test } from 'vitest';
import { backends, refused } from './support.ts';

/** A file of these tensors [name, shape, numbers] and metadata. */
function fileOf(tensors: [name: string, shape: number[], numbers: number[]][], metadata: Record<string, string>, padding = 0): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const numbers = tensors.flatMap(([, , list]) => list);
  let at = 0;
  for (const [name, shape, list] of tensors) header[name] = { dtype: 'F32', shape, data_offsets: [at, (at += 4 * list.length)] };
  const text = new TextEncoder().encode(JSON.stringify(header) + ' '.repeat(padding));
  const file = new Uint8Array(8 + text.length + at);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  numbers.forEach((number, index) => view.setFloat32(8 + text.length + 4 * index, number, true));
  return file;
}

const says = (activations: string[], more = {}) => ({ 'sensorium.version': '1', 'sensorium.activations': JSON.stringify(activations), ...more });
const small = fileOf([['0.weight', [2, 2], [1, -2, 0.5, 4]], ['0.bias', [2], [0.25, -1]]], says(['identity']));
const channels = { a: {}, b: {} };

describe.each(backends)('a model, %s', (backend) => {
  test('is the network', async () => {
    for (const model of [small, small.buffer as ArrayBuffer, new Uint8Array([9, ...small, 9]).subarray(1, -1)]) {
      const s = await createSensorium({ backend, channels, network: { model } });
      s.sensors.a[0] = 3;
      s.sensors.b[0] = 0.5;
      s.tick(0);
      expect(s.agent(0).output).toEqual([2.25, 2.5]);
      s.dispose();
    }
  });

  test('is read when createSensorium is called, and not later', async () => {
    const model = small.slice();
    const creating = createSensorium({ backend, channels, network: { model } });
    model.fill(0);
    (await creating).dispose();
  });

  test('of the largest size fits, on both backends with the same bits', async () => {
    const random = (count: number, seed: number) => Array.from({ length: count }, (_, index) => (((seed + 3) * 37 + index * 101) % 128) / 512 - 0.125);
    const widths = [32, 64, 64, 64, 64];
    const tensors = widths.slice(1).flatMap((out, layer): [string, number[], number[]][] => [
      [`layers.${layer}.weight`, [out, widths[layer]!], random(out * widths[layer]!, layer)],
      [`layers.${layer}.bias`, [out], random(out, layer + 9)],
    ]);
    const metadata = says(['tanh', 'relu', 'sigmoid', 'softmax']);
    const model = fileOf(tensors, metadata, 65536 - (fileOf(tensors, metadata).length - 8 - 4 * tensors.reduce((sum, [, , list]) => sum + list.length, 0)));
    const names = Array.from({ length: 32 }, (_, index) => `m${index % 16}.c${index}`);
    const s = await createSensorium<string>({ backend, agents: 3, channels: Object.fromEntries(names.map((name) => [name, {}])), network: { model } });
    names.forEach((name, index) => s.sensor(name).fill(index / 16 - 1));
    s.tick(0);
    const outputs = s.results.output.map((column) => column[2]!);
    expect(outputs.length).toBe(64);
    expect(outputs.reduce((sum, output) => sum + output, 0)).toBeCloseTo(1, 5);
    const digest = outputs.reduce((sum, output) => (Math.imul(sum, 31) + new Uint32Array(Float32Array.of(output).buffer)[0]!) | 0, 0);
    expect(digest).toBe(12348825);
    s.dispose();
  });

  const bad: [name: string, network: unknown, code: string, ...texts: string[]][] = [
    ['beside layers', { model: small, layers: [{ units: 8 }, { units: 2 }] }, 'out_of_range', 'network.layers', 'none beside a model'],
    ['beside layers before it', { layers: [{ units: 8 }, { units: 2 }], model: small }, 'out_of_range', 'network.layers', 'none beside a model'],
    ['of a path', { model: 'model.safetensors' }, 'wrong_type', 'network.model', 'the bytes of a file', '"model.safetensors"'],
    ['of numbers', { model: [1, 2, 3] }, 'wrong_type', 'network.model', 'the bytes of a file'],
    ['of null', { model: null }, 'wrong_type', 'network.model', 'null'],
    ['of another view', { model: new DataView(new ArrayBuffer(8)) }, 'wrong_type', 'network.model', 'DataView'],
    ['of what only says that it is bytes', { model: { [Symbol.toStringTag]: 'ArrayBuffer', byteLength: 1e9 } }, 'wrong_type', 'network.model'],
    ['of nothing', { model: new Uint8Array() }, 'out_of_range', 'network.model', '10 to 132104', '0 bytes'],
    ['too large', { model: new Uint8Array(132_105) }, 'out_of_range', 'network.model', '10 to 132104', '132105 bytes'],
    ['far too large', { model: new ArrayBuffer(300e6) }, 'out_of_range', 'network.model', '300000000 bytes'],
    ['cut', { model: small.subarray(0, -1) }, 'bad_model', 'network.model, 0.bias', '[16, 24]'],
    ['for other features', { model: fileOf([['0.weight', [1, 3], [1, 2, 3]]], says(['tanh'])) }, 'bad_model', 'network.model', '2 inputs', '3'],
    [
      'for features by other names',
      { model: fileOf([['0.weight', [1, 2], [1, 2]]], says(['tanh'], { 'sensorium.features': '["a","c"]' })) },
      'bad_model',
      'sensorium.features[1]',
      '"b"',
      '"c"',
    ],
    ['with a number that is none', { model: fileOf([['0.weight', [1, 2], [1, NaN]]], says(['tanh'])) }, 'out_of_range', '0.weight[1]', 'NaN'],
  ];
  test.each(bad)('%s is an error', async (_, network, code, ...texts) => {
    const error = await refused({ backend, channels, network });
    expect(error.code).toBe(code);
    for (const text of texts) expect(error.message).toContain(text);
  });

  test('whose memory was transferred is an error', async () => {
    for (const view of [(buffer: ArrayBuffer) => buffer, (buffer: ArrayBuffer) => new Uint8Array(buffer)]) {
      const model = view(small.slice().buffer);
      structuredClone(model, { transfer: [ArrayBuffer.isView(model) ? model.buffer : model] });
      expect((await refused({ backend, channels, network: { model } })).code).toBe('wrong_type');
    }
  });
});
