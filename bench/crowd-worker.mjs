// The scenario crowd-10k in a worker, as the demo runs its engine.
import { createSensorium } from '../dist/browser.js';
import { benchCrowd } from './crowd.mjs';

onmessage = async ({ data }) => postMessage(await benchCrowd(createSensorium, 'wasm', data));
