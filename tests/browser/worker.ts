import { createSensorium } from 'sensorium';

const s = await createSensorium();
s.sensors.lidar.points[0] = 750;
s.tick(0);
postMessage({ backend: s.backend, fused: s.results.fused[0] });

export {};
