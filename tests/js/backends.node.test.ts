// Which backend runs in Node, on which instruction set, and what is said when it is not the wanted one.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createSensorium } from 'sensorium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from './support.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const platform = `${process.platform}-${process.arch}`;

interface Answer {
  backend?: string;
  isa?: string;
  fused?: number;
  code?: string;
  where?: string;
  message?: string;
}

/** Makes an engine in a process of its own and tells what came of it. */
function attempt(options: object, env: Record<string, string> = {}, folder = dist, before = ''): Answer {
  const source = `
    import { createSensorium } from ${JSON.stringify(join(folder, 'node.js'))};
    ${before};
    try {
      const s = await createSensorium(${JSON.stringify(options)});
      s.sensors.lidar.points[0] = 750;
      s.tick(0);
      console.log(JSON.stringify({ backend: s.backend, isa: s.isa, fused: s.results.fused[0] }));
    } catch ({ code, where, message }) {
      console.log(JSON.stringify({ code, where, message }));
    }`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8', env: { ...process.env, ...env } });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout);
}

test('an addon or a module of another build is refused; auto tells the same of the module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sensorium-other-build-'));
  try {
    cpSync(dist, folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    const schema = readFileSync(join(folder, 'schema.gen.js'), 'utf8');
    const own = /identity = '([^']+)'/.exec(schema)![1]!;
    expect(own).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{8}$/);
    writeFileSync(join(folder, 'schema.gen.js'), schema.replace(own, '9.0.0-00000000'));
    const native = attempt({ backend: 'native' }, {}, folder);
    expect(native.code).toBe('native_unavailable');
    expect(native.message).toContain(`sensorium.node: expected build 9.0.0-00000000, got ${own}`);
    for (const backend of ['wasm', 'auto']) {
      const wasm = attempt({ backend }, {}, folder);
      expect(wasm).toMatchObject({ code: 'wasm_invalid', where: 'wasm' });
      expect(wasm.message).toMatch(new RegExp(`of another build.*expected build 9.0.0-00000000.*got ${own}`, 's'));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('where the addon does not load', () => {
  const without = mkdtempSync(join(tmpdir(), 'sensorium-without-addon-'));
  const broken = mkdtempSync(join(tmpdir(), 'sensorium-broken-addon-'));
  beforeAll(() => {
    for (const folder of [without, broken]) {
      cpSync(dist, folder, { recursive: true, filter: (source) => !source.endsWith('.node') });
      writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    }
    const place = join(broken, 'native', platform);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'sensorium.node'), 'no addon');
  });
  afterAll(() => {
    for (const folder of [without, broken]) rmSync(folder, { recursive: true });
  });

  test('auto runs on WebAssembly', () => {
    for (const folder of [without, broken]) expect(attempt({}, {}, folder)).toEqual({ backend: 'wasm', isa: 'wasm', fused: 0.5 });
  });

  test('a forced one says which path was tried and why it failed', () => {
    for (const [folder, reason] of [
      [without, 'Cannot find module'],
      [broken, ''],
    ] as const) {
      const error = attempt({ backend: 'native' }, {}, folder);
      expect(error.code).toBe('native_unavailable');
      expect(error.message).toContain(`${join(folder, 'native', platform, 'sensorium.node')}: `);
      expect(error.message).toContain(reason);
      expect(error.message).toContain("backend: 'wasm'");
    }
  });
});

describe('SENSORIUM_ISA', () => {
  test('auto is the addon on the best', () => {
    const answer = attempt({}, { SENSORIUM_ISA: '' });
    expect(answer.backend).toBe('native');
    expect(answer.fused).toBe(0.5);
  });

  test.each(backends)('forces one on %s', (backend) => {
    expect(attempt({ backend }, { SENSORIUM_ISA: 'scalar' })).toMatchObject({ backend, isa: 'scalar' });
    const error = attempt({ backend }, { SENSORIUM_ISA: 'mmx' });
    expect(error).toMatchObject({ code: 'unknown_isa', where: 'SENSORIUM_ISA', message: expect.stringContaining('mmx') });
  });

  test('an option is stronger', () => {
    expect(attempt({ isa: 'scalar' }, { SENSORIUM_ISA: 'mmx' })).toMatchObject({ backend: 'native', isa: 'scalar' });
    expect(attempt({ isa: 'mmx' }, { SENSORIUM_ISA: 'scalar' })).toMatchObject({ code: 'unknown_isa', where: 'isa' });
  });

  test('auto goes where the instruction set is', () => {
    expect(attempt({ isa: 'wasm' })).toMatchObject({ backend: 'wasm', isa: 'wasm' });
    expect(attempt({ backend: 'native', isa: 'wasm' })).toMatchObject({ code: 'unknown_isa' });
    const error = attempt({}, { SENSORIUM_ISA: 'mmx' });
    expect(error).toMatchObject({ code: 'unknown_isa', where: 'SENSORIUM_ISA', message: expect.stringContaining('scalar') });
  });
});

test('a runtime that cannot: without WebAssembly, or without its SIMD', () => {
  const none = attempt({ backend: 'wasm' }, {}, dist, 'delete globalThis.WebAssembly');
  expect(none).toMatchObject({ code: 'wasm_unsupported', message: expect.stringContaining('no WebAssembly') });
  expect(attempt({ backend: 'native' }, {}, dist, 'delete globalThis.WebAssembly')).toMatchObject({ code: 'wasm_unsupported' });
  const old = attempt({ backend: 'wasm' }, {}, dist, 'WebAssembly.validate = () => false');
  expect(old).toMatchObject({ code: 'wasm_unsupported', message: expect.stringContaining('without SIMD') });
});

test('the module by its path', async () => {
  const s = await createSensorium({ backend: 'wasm', wasm: join(dist, 'wasm/sensorium_wasm.wasm') });
  expect(s.isa).toBe('wasm');
  s.dispose();
  const missing = join(dist, 'wasm/none.wasm');
  await expect(createSensorium({ backend: 'wasm', wasm: missing })).rejects.toMatchObject({ code: 'wasm_not_found', where: missing });
});

test.each(backends)('workers, several at once, %s', async (backend) => {
  const source = `
    import { parentPort } from 'node:worker_threads';
    import { createSensorium } from '${pathToFileURL(join(dist, 'node.js'))}';
    const s = await createSensorium({ backend: '${backend}', agents: 500 });
    for (let tick = 0; tick < 40; tick++) {
      s.simulate(3);
      s.tick(tick);
    }
    parentPort.postMessage(s.agent(499));
    s.dispose();`;
  const answers = await Promise.all(
    [1, 2, 3].map(() => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
      return new Promise((done, failed) => worker.once('message', done).once('error', failed));
    }),
  );
  expect(answers[0]).toMatchObject({ cycle: 40, agent: 499 });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

describe('what browsers load', () => {
  /** Every file that one imports, and those, and so on. */
  function reachable(file: string, seen = new Set<string>()): Set<string> {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      if (name!.startsWith('.')) reachable(resolve(dirname(file), name!), seen);
      else seen.add(name!);
    }
    return seen;
  }

  test('nothing of Node, and no package', () => {
    const files = reachable(join(dist, 'browser.js'));
    expect([...files].filter((file) => !file.startsWith(dist))).toEqual([]);
    expect(files).toContain(join(dist, 'wasm/sensorium_wasm.js'));
    for (const file of files) expect(readFileSync(file, 'utf8'), file).not.toMatch(/["']node:|\brequire\(|\bnew Function\b|\beval\(/);
  });

  test('no await at a module’s top', () => {
    for (const file of readdirSync(dist).filter((name) => name.endsWith('.js') && name !== 'cli.js')) {
      expect(readFileSync(join(dist, file), 'utf8'), file).not.toMatch(/^(?!\s).*\bawait\b(?!.*=>)/m);
    }
  });
});
