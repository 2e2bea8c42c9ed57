// Three projects over the built package in dist/ (so `npm run build` first; `npm test` does): Node, a real Chromium, and the demo in Chromium.
// tests/js/*.test.ts run in both, tests/js/*.node.test.ts in Node alone, tests/browser/*.test.ts in Chromium alone.
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const dist = (file: string) => fileURLToPath(new URL(`dist/${file}`, import.meta.url));

// Without a sandbox because containers and root have none; the rest keeps it from the network.
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// Machines of tests are busy: a test that hangs is told from one that waits by half a minute.
const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        // Tests say `sensorium`, as users do.
        resolve: { alias: { 'sensorium/world': dist('world-node.js'), sensorium: dist('node.js') } },
        test: { name: 'node', include: ['tests/js/**/*.test.ts'], environment: 'node', ...patience },
      },
      {
        resolve: { alias: { 'sensorium/world': dist('world-node.js'), sensorium: dist('node.js') } },
        // One page at a time: they draw without a graphics card.
        test: { name: 'demo', include: ['tests/demo/**/*.test.ts'], environment: 'node', ...patience, fileParallelism: false },
      },
      {
        resolve: { alias: { 'sensorium/world': dist('world.js'), sensorium: dist('browser.js') } },
        // SharedArrayBuffer and precise clocks need an isolated page.
        server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
        test: {
          name: 'browser',
          ...patience,
          include: ['tests/js/**/*.test.ts', 'tests/browser/**/*.test.ts'],
          exclude: ['**/*.node.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: chromiumArguments } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
