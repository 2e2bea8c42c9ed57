import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  // The page says `sensorium` as users do, and gets the package that `npm run build` made.
  resolve: { alias: { sensorium: fileURLToPath(new URL('../dist/browser.js', import.meta.url)) } },
  // Any folder of any server, and no data: addresses, which a strict policy forbids.
  base: './',
  build: { assetsInlineLimit: 0, target: 'es2022', outDir: '../build/web-demo', emptyOutDir: true },
});
