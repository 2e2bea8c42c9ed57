// The classic tick in plain JavaScript, which the demo compares the engine with: it must give the same answers, or the times mean nothing.
import { createSensorium } from 'sensorium';
import { expect, test } from 'vitest';
import { PlainClassic } from '../../web-demo/plain/classic.ts';
import { drawWeights, networkOf } from '../../web-demo/scenes/weights.ts';

const agents = 64;

test.each(['dense', 'mixed'] as const)('the engine’s answers, on %s readings', async (pattern) => {
  const weights = drawWeights(4, 7);
  const s = await createSensorium({ agents, network: networkOf(weights) });
  const plain = new PlainClassic(agents, weights);
  const close = (got: number, wanted: number, where: string) => expect(Math.abs(got - wanted), `${where}: ${got} and ${wanted}`).toBeLessThan(2e-4 * Math.max(1, Math.abs(wanted)));
  let scored = 0;
  for (let tick = 0; tick < 200; tick++) {
    s.simulate(3, { pattern });
    // What plain JavaScript does not know: agents that sleep.
    s.active.fill(1);
    const { visual, lidar, audio, imu } = s.sensors;
    plain.tick(tick / 60, visual.objects, lidar.points, audio.amplitude, imu.accel_x);
    s.tick(tick / 60);
    for (let i = 0; i < agents; i++) {
      const { fused, output, anomaly, prediction } = s.agent(i);
      const where = `tick ${tick}, agent ${i}`;
      close(plain.fused[i]!, fused, `${where}, fused`);
      output.forEach((value, u) => close(plain.output[u]![i]!, value, `${where}, output ${u}`));
      if (anomaly) {
        scored++;
        close(plain.z[i]!, anomaly.z, `${where}, z`);
      }
      prediction?.values.forEach((value, h) => close(plain.values[i * 5 + h]!, value, `${where}, value ${h}`));
    }
  }
  expect(scored).toBeGreaterThan(agents * 100);
  s.dispose();
});
