import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const built = (file: string) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));

/** The service worker, with the list of all that there is to keep. */
function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = ['./', ...Object.keys(bundle).filter((name) => !name.endsWith('.map')).sort()];
        const hash = createHash('sha256');
        for (const part of Object.values(bundle)) hash.update(part.fileName).update(part.type === 'chunk' ? part.code : part.source);
        const constants = `const version = '${hash.digest('hex').slice(0, 12)}';\nconst files = ${JSON.stringify(files)};\n`;
        const source = constants + readFileSync(new URL('./sw.js', import.meta.url), 'utf8');
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

export default defineConfig({
  plugins: [offline()],
  // The page says `sensorium` as users do, and gets the package that `npm run build` made.
  resolve: {
    alias: [
      { find: /^sensorium$/, replacement: built('browser.js') },
      { find: /^sensorium\/world$/, replacement: built('world.js') },
    ],
  },
  worker: { format: 'es' },
  // Any folder of any server, and no data: addresses, which a strict policy forbids.
  base: './',
  build: { assetsInlineLimit: 0, target: 'es2022', outDir: '../build/web-demo', emptyOutDir: true, rolldownOptions: { checks: { pluginTimings: false } } },
});
