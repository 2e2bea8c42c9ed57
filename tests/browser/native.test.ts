// What only a browser's entry says.
import { createSensorium } from 'sensorium';
import { expect, test } from 'vitest';

test('there is no addon in a browser, and auto does not look for one', async () => {
  const error = expect.objectContaining({ code: 'native_unavailable', where: 'backend', expected: "'auto' or 'wasm'" });
  await expect(createSensorium({ backend: 'native' })).rejects.toEqual(error);
  const s = await createSensorium();
  expect(s.backend).toBe('wasm');
  s.dispose();
});

test('an engine in a worker of the page', async () => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((done, failed) => {
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = failed;
  });
  worker.terminate();
  expect(answer).toEqual({ backend: 'wasm', fused: 0.5 });
});
