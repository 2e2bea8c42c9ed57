// The package as a stranger gets it: packed, installed into an empty folder, used from there. Nothing of the checkout is in reach.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shell = process.platform === 'win32';
const folder = mkdtempSync(join(tmpdir(), 'sensorium-package-'));
let packed;

const npm = (args, cwd) => execFileSync('npm', args, { cwd, shell, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const node = (args, env = {}) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });

/** Runs a module's text in the installed folder; it prints JSON. */
function use(source) {
  writeFileSync(join(folder, 'use.mjs'), source);
  return JSON.parse(node(['use.mjs']));
}

before(() => {
  [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root));
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, packed.filename)], folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('holds what users need and nothing else', () => {
  const names = packed.files.map((file) => file.path);
  const wanted = [
    'package.json',
    'LICENSE',
    'dist/node.js',
    'dist/node.d.ts',
    'dist/browser.js',
    'dist/cli.js',
    'dist/wasm/sensorium_wasm.js',
    'dist/wasm/sensorium_wasm.wasm',
    'dist/world.js',
    'dist/world-node.js',
    'dist/world-node.d.ts',
    'dist/wasm/sensorium_world.js',
    'dist/wasm/sensorium_world.wasm',
    'scripts/export_safetensors.py',
    `dist/native/${process.platform}-${process.arch}/sensorium.node`,
  ];
  assert.deepEqual(
    wanted.filter((name) => !names.includes(name)),
    [],
    'missing',
  );
  const extra = names.filter((name) => !/^(dist\/.*|scripts\/export_safetensors\.py|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(name));
  assert.deepEqual(extra, [], 'not for users');
});

test('installs without an install script', () => {
  const scripts = use(
    `import { readFileSync } from 'node:fs';
    console.log(JSON.stringify(JSON.parse(readFileSync('node_modules/sensorium/package.json')).scripts))`,
  );
  for (const name of ['preinstall', 'install', 'postinstall']) assert.equal(scripts[name], undefined);
});

for (const backend of ['native', 'wasm']) {
  test(`ticks with the ${backend} backend`, () => {
    const result = use(`
      import { createSensorium } from 'sensorium';
      const s = await createSensorium({ agents: 3, backend: '${backend}' });
      s.sensors.lidar.points.set([750, 900, 1500]);
      s.tick(0);
      console.log(JSON.stringify({ backend: s.backend, fused: [...s.results.fused.subarray(0, 3)] }));
      s.dispose();
    `);
    assert.equal(result.backend, backend);
    // Only the lidar has a reading: the weighted mean is its own feature, points / 1500.
    result.fused.forEach((value, row) => assert.ok(Math.abs(value - [0.5, 0.6, 1][row]) < 1e-6, `row ${row}: ${value}`));
  });
}

test('has a world to sense', () => {
  const result = use(`
    import { createSensorium } from 'sensorium';
    import { createWorld, splitOf } from 'sensorium/world';
    const world = await createWorld({ world: 'forest', agents: 7, seed: 3 });
    const s = await createSensorium({ agents: 7 });
    for (let tick = 0; tick < 60; tick++) {
      world.step();
      world.writeTo(s);
      s.tick(world.time);
    }
    console.log(JSON.stringify({ time: world.time, split: splitOf(3), fused: [...s.results.fused] }));
  `);
  assert.equal(result.time, 1);
  assert.equal(result.split, 'unseen');
  assert.ok(result.fused.every((value) => value > 0), String(result.fused));
});

for (const name of ['sensorium/wasm', 'sensorium/world/wasm']) {
  test(`gives bundlers the module by name: ${name}`, () => {
    const path = fileURLToPath(use(`console.log(JSON.stringify(import.meta.resolve('${name}')))`));
    assert.ok(existsSync(path), path);
    assert.match(path, /\.wasm$/);
  });
}

test('its command runs', () => {
  const printed = npm(['exec', '--', 'sensorium', 'simulate', '--agents', '10', '--ticks', '10', '--seed', '1'], folder);
  assert.match(printed, /\d/);
});

test('its command tells how to use it', () => {
  const printed = npm(['exec', '--', 'sensorium', '--help'], folder);
  for (const word of ['run', 'simulate', 'inspect']) assert.match(printed, new RegExp(`\\b${word}\\b`));
});

// Three consumers of TypeScript: of the web alone, whose library has no Symbol.dispose; of Node; and of a bundler.
for (const [name, compilerOptions] of Object.entries({
  web: { lib: ['es2022', 'dom'], types: [], module: 'esnext', moduleResolution: 'bundler' },
  node: { lib: ['es2022'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' },
  strictest: {
    lib: ['esnext', 'dom'],
    types: [],
    module: 'preserve',
    moduleResolution: 'bundler',
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
  },
})) {
  test(`its types serve a consumer: ${name}`, () => {
    const place = join(folder, `types-${name}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, 'use.ts'),
      `
      import { createSensorium, Flag, SensoriumError, type CycleResult, type SensoriumOptions } from 'sensorium';
      import address from 'sensorium/wasm';
      import { createWorld, type WorldName, type WorldOptions } from 'sensorium/world';
      import worldAddress from 'sensorium/world/wasm';
      type Name = 'room.co2' | 'door';
      const options: SensoriumOptions<Name> = { agents: 10, isa: undefined, channels: { 'room.co2': { max: 5000 }, door: {} } };
      const s = await createSensorium(options);
      s.sensors.room.co2[0] = 400;
      s.sensors.door.fill(1);
      s.tick(0);
      const cycle: CycleResult = s.agent(0);
      const blind: boolean = (s.results.flags[0]! & Flag.blind) !== 0;
      for (const event of s.events()) if (event.kind === 'sensor-lost') event.sensor satisfies 'room' | 'door';
      // @ts-expect-error: misspelt
      s.sensors.room.co;
      try {
        (await createSensorium({ wasm: address })).sensors.lidar.points[0] = 1;
      } catch (error) {
        if (error instanceof SensoriumError && error.code === 'out_of_memory') throw new Error(error.expected);
      }
      const where: WorldName = 'warehouse';
      const site: WorldOptions = { world: where, wasm: worldAddress, hour: undefined };
      const world = await createWorld(site);
      world.step();
      world.writeTo(s);
      world.writeTo(await createSensorium());
      const range: number | undefined = world.sensors.lidar.max_range[0];
      for (const interval of world.intervals()) if (interval.kind === 'fault') interval.modality satisfies 'visual' | 'lidar' | 'audio' | 'imu';
      // @ts-expect-error: no such world
      await createWorld({ world: 'moon' });
      // @ts-expect-error: no such fault
      world.inject({ modality: 'lidar', fault: 'broken', seconds: 1 });
      export { blind, cycle, range };
    `,
    );
    const config = {
      compilerOptions: {
        target: 'es2022',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
        typeRoots: [join(root, 'node_modules/@types')],
        ...compilerOptions,
      },
      files: ['use.ts'],
    };
    writeFileSync(join(place, 'package.json'), '{"type": "module"}\n');
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config));
    try {
      node([join(root, 'node_modules/typescript/bin/tsc'), '-p', place]);
    } catch (error) {
      assert.fail(error.stdout);
    }
  });
}

const consumer = `
  import { createSensorium } from 'sensorium';
  import { createWorld } from 'sensorium/world';
  async function main() {
    const world = await createWorld({ agents: 5 });
    world.step();
    const s = await createSensorium({ agents: 5, channels: { 'room.co2': { scale: 0.001 } } });
    s.sensors.room.co2.fill(500);
    s.tick(0);
    document.body.textContent = JSON.stringify({ backend: s.backend, fused: s.results.fused[4], ticks: world.ticks });
  }
  main();
`;
const page = '<!doctype html><meta charset="utf-8"><title>Consumer</title><body></body><script type="module" src="./main.js"></script>';

test('Vite bundles a page that uses it, and the page runs', { timeout: 120_000 }, async (t) => {
  const place = join(folder, 'page');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'index.html'), page);
  writeFileSync(join(place, 'main.js'), consumer);
  node([join(root, 'node_modules/vite/bin/vite.js'), 'build', place, '--logLevel', 'error']);
  const assets = readdirSync(join(place, 'dist/assets'));
  const modules = assets.filter((name) => name.endsWith('.wasm'));
  assert.equal(modules.length, 2, `each module, once, as a file of its own: ${assets}`);
  const scripts = assets
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(place, 'dist/assets', name), 'utf8'))
    .join('');
  assert.doesNotMatch(scripts, /data:application\/wasm|["']node:|new Function/);
  await inChromium(t, join(place, 'dist'), { backend: 'wasm', fused: 0.5, ticks: 1 });
});

/** Serves a folder and compares what its page shows; skips where there is no Chromium. */
async function inChromium(t, place, expected) {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  if (!existsSync(executablePath)) return t.skip('no Chromium here');
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
  const server = createServer(({ url }, response) => {
    const file = join(place, url === '/' ? 'index.html' : url);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { chromium } = await import('playwright');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    const text = await tab.locator('body:has-text("{")').textContent({ timeout: 20_000 });
    assert.deepEqual(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)), expected);
  } finally {
    await browser.close();
    server.close();
  }
}
