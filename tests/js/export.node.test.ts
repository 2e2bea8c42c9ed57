// scripts/export_safetensors.py: what it writes of a PyTorch or Keras network runs here as that network, on both backends; and
// `sensorium run` takes it from a configuration.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSensorium } from 'sensorium';
import { afterAll, describe, expect, test } from 'vitest';
import { sensorium as run } from './cli-support.ts';
import { backends } from './support.ts';

interface Layer {
  weights: number[][];
  biases: number[] | null;
}
interface Written {
  features: string[];
  models: Record<string, { layers: Layer[]; activations: string[]; mean?: number[]; std?: number[] }>;
  refused: Record<string, string>;
}

const folder = mkdtempSync(join(tmpdir(), 'sensorium-models-'));
afterAll(() => rmSync(folder, { recursive: true }));
const python = spawnSync('python3', [fileURLToPath(new URL('../python/write_models.py', import.meta.url)), folder], {
  encoding: 'utf8',
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
});
const missing = python.error !== undefined;

const activations: Record<string, (x: number[]) => number[]> = {
  fast_sigmoid: (x) => x.map((v) => 0.5 + v / (2 * (1 + Math.abs(v)))),
  sigmoid: (x) => x.map((v) => 1 / (1 + Math.exp(-v))),
  tanh: (x) => x.map(Math.tanh),
  relu: (x) => x.map((v) => Math.max(v, 0)),
  identity: (x) => x,
  softmax: (x) => x.map((v) => Math.exp(v) / x.reduce((sum, other) => sum + Math.exp(other), 0)),
};

function forward({ layers, activations: names, mean, std }: Written['models'][string], features: number[]): number[] {
  let x = features.map((value, index) => (mean && std ? (value - mean[index]!) / std[index]! : value));
  layers.forEach(({ weights, biases }, layer) => {
    const sums = weights.map((row, unit) => row.reduce((sum, weight, index) => sum + weight * x[index]!, biases?.[unit] ?? 0));
    x = activations[names[layer]!]!(sums);
  });
  return x;
}

describe.skipIf(missing)(`export_safetensors.py${missing ? ' (no python3 here)' : ''}`, () => {
  const read = () => JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8')) as Written;
  const readings = [0.3, -19.5, 2500];

  test('writes models', () => {
    expect(python.stderr).toBe('');
    expect(python.status).toBe(0);
  });

  describe.each(backends)('%s', (backend) => {
    test.each(['torch', 'keras', 'plain'])('the model of %s gives what the network gives', async (name) => {
      const { features, models } = read();
      const inputs = name === 'torch' ? readings : readings.map((reading) => reading / 1000);
      const s = await createSensorium<string>({
        backend,
        channels: Object.fromEntries(features.map((feature) => [feature, {}])),
        network: { model: readFileSync(join(folder, `${name}.safetensors`)) },
      });
      features.forEach((feature, index) => (s.sensor(feature)[0] = inputs[index]!));
      s.tick(0);
      const expected = forward(models[name]!, inputs);
      expect(s.results.output.length).toBe(expected.length);
      expected.forEach((value, index) => expect(s.results.output[index]![0]).toBeCloseTo(value, 5));
      s.dispose();
    });
  });

  test('says what it cannot write', () => {
    expect(read().refused).toEqual({
      'an unknown module': 'module 1: expected Linear, Dropout or one of Sigmoid, Tanh, ReLU, Identity, Softmax, got Conv2d',
      'two activations': 'module 2: expected an activation after a layer without one, got sigmoid',
      'an activation first': 'module 0: expected an activation after a layer without one, got tanh',
      'an unknown activation': 'layer 0: expected one of sigmoid, tanh, relu, linear, softmax, got gelu',
      'a feature too few': 'features: expected one for each of 3 inputs, got 2',
      'mean alone': 'expected mean and std, got one of them',
      'no number': 'layers.0.weight: expected finite numbers, got nan',
      'softmax over rows': 'module 1: expected Softmax over the outputs, dim=-1, got dim=0',
      'softmax in the middle': 'layers.0: expected softmax in the last layer only, got it before',
      'no layers': 'expected 1 to 4 layers, got 0',
      'five layers': 'expected 1 to 4 layers, got 5',
      'a layer without rows': 'layers.0.weight: expected 1 to 64 outputs, got 0',
      'a layer without inputs': 'layers.0.weight: expected 1 to 32 inputs, got 0',
      'rows of other lengths': 'layers.0.weight: expected rows of one length, got others',
      'too many inputs': 'layers.0.weight: expected 1 to 32 inputs, got 33',
      'too many units': 'layers.0.weight: expected 1 to 64 outputs, got 65',
      'layers that do not fit': 'layers.1.weight: expected 2 inputs, the outputs of the layer before, got 3',
      'a bias too few': 'layers.0.bias: expected one for each of 2 outputs, got 1',
      'a weight too large': 'layers.0.weight: expected numbers from -1e+06 to 1e+06, got 1.5e+06',
      'a number beyond f32': 'layers.0.bias: expected numbers from -1e+09 to 1e+09, got 1e+39',
      'text for a number': "layers.0.weight: expected numbers, got 'one'",
      'no deviation': 'std: expected numbers above 0, got 0.0',
      'a deviation too small': 'layers.0.weight, divided by std: expected numbers from -1e+06 to 1e+06, got 1e+07',
      'a mean too large': 'layers.0.bias, with mean and std in it: expected numbers from -1e+09 to 1e+09, got -1e+10',
      'a name too long': `features: expected names of 1 to 71 bytes, got '${'n'.repeat(72)}'`,
    });
  });

  test('what it lets through is let through here: the largest model', async () => {
    const model = readFileSync(join(folder, 'largest.safetensors'));
    // Its features have names that none here has, so it got as far as these.
    await expect(createSensorium({ channels: { a: {} }, network: { model } })).rejects.toMatchObject({ code: 'bad_model', what: 'The model was made for another number of features' });
  });

  test('sensorium run finds the file beside its configuration', async () => {
    const { models } = read();
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ channels: { x: {}, y: {}, z: {} }, network: { model: 'keras.safetensors' } }));
    writeFileSync(join(folder, 'sub/readings.csv'), 'time,x,y,z\n0,0.3,-1.5,2.5\n');
    const { code, stdout, stderr } = await run(['run', join(folder, 'sub/readings.csv'), '--config', join(folder, 'config.json'), '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const expected = forward(models['keras']!, [0.3, -1.5, 2.5]);
    (JSON.parse(stdout) as { output: number[] }).output.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
  });
});

describe('a model in a configuration', () => {
  const csv = join(folder, 'readings.csv');
  const config = join(folder, 'model.json');
  const failing = async (model: unknown) => {
    writeFileSync(csv, 'time,x\n0,0.3\n');
    writeFileSync(config, JSON.stringify({ channels: { x: {} }, network: { model } }));
    const { code, stderr } = await run(['run', csv, '--config', config]);
    expect(code).toBe(1);
    return stderr;
  };

  test('that is not there, no path, no file, or too large', async () => {
    expect(await failing('missing.safetensors')).toContain('model.json, network.model: ');
    expect(await failing('missing.safetensors')).toContain('missing.safetensors cannot be read: ENOENT');
    expect(await failing(5)).toContain('model.json, network.model: expected the path of a .safetensors file, got 5\n');
    expect(await failing('.')).toContain('cannot be read: it is no file');
    writeFileSync(join(folder, 'large.safetensors'), new Uint8Array(132_105));
    expect(await failing('large.safetensors')).toContain('expected at most 132104 bytes, got 132105');
  });

  test('that is no model: the core says why', async () => {
    writeFileSync(join(folder, 'text.safetensors'), 'this is no model');
    expect(await failing('text.safetensors')).toContain('This is no .safetensors file, or it is cut: network.model, header');
  });

  test('is printed by its name where the rest is found out', async () => {
    writeFileSync(csv, `time,x\n${Array.from({ length: 20 }, (_, index) => `${index},${index % 3}`).join('\n')}\n`);
    const header = JSON.stringify({
      __metadata__: { 'sensorium.version': '1', 'sensorium.activations': '["tanh"]' },
      '0.weight': { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] },
    });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(join(folder, 'one.safetensors'), Buffer.concat([length, Buffer.from(header), Buffer.alloc(4)]));
    writeFileSync(config, JSON.stringify({ network: { model: 'one.safetensors' } }));
    const { code, stderr } = await run(['run', csv, '--config', config]);
    expect(stderr).toContain('{ "model": "one.safetensors" }');
    expect(code).toBe(0);
  });
});
