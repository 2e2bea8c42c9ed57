// The package as a stranger gets it: packed, installed into an empty folder, used from there. Nothing of the checkout is in reach.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const wanted = ['package.json', 'LICENSE', 'dist/node.js', 'dist/node.d.ts', 'dist/browser.js', 'dist/cli.js', 'dist/wasm/sensorium_wasm.js', 'dist/wasm/sensorium_wasm.wasm', `dist/native/${process.platform}-${process.arch}/sensorium.node`];
  assert.deepEqual(wanted.filter((name) => !names.includes(name)), [], 'missing');
  const extra = names.filter((name) => !/^(dist\/.*|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(name));
  assert.deepEqual(extra, [], 'not for users');
});

test('installs without an install script', () => {
  const scripts = use("import { readFileSync } from 'node:fs'; console.log(JSON.stringify(JSON.parse(readFileSync('node_modules/sensorium/package.json')).scripts))");
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

test('gives bundlers the module by name', () => {
  const path = fileURLToPath(use("console.log(JSON.stringify(import.meta.resolve('sensorium/wasm')))"));
  assert.ok(existsSync(path), path);
  assert.match(path, /\.wasm$/);
});

test('its command runs', () => {
  const printed = npm(['exec', '--', 'sensorium', 'simulate', '--agents', '10', '--ticks', '10', '--seed', '1'], folder);
  assert.match(printed, /\d/);
});
