// The visitor's microphone, camera and device as sensors: everything is computed here, and only a few numbers a moment go on. Nothing is
// kept, and nothing leaves the page.
import type { LiveChannel } from '../protocol.ts';

export type Readings = Partial<Record<LiveChannel, number>>;

/** A sensor that runs until the signal it was made with. */
export interface LiveSensor {
  /** What it reads now; nothing where there is nothing new. Throws NoSensor when it has gone. */
  read(): Readings;
}

/** Why a sensor cannot be had, or not any more, in words for people. */
export class NoSensor extends Error {}

function refusal(error: unknown, what: string): NoSensor {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return new NoSensor(`The ${what} was not allowed. The browser’s address bar has the permission.`);
  if (name === 'NotFoundError') return new NoSensor(`There is no ${what} here.`);
  if (name === 'NotReadableError') return new NoSensor(`The ${what} is in use by something else.`);
  return new NoSensor(`The ${what} cannot be had: ${error instanceof Error ? error.message : error}`);
}

/** A stream until the signal, which may come before the visitor has answered. */
async function streamOf(constraints: MediaStreamConstraints, what: string, signal: AbortSignal): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new NoSensor(`The ${what} needs a page over https, or on this machine.`);
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    throw refusal(error, what);
  }
  const end = () => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  signal.throwIfAborted();
  return stream;
}

/** What is muted reads silence and darkness as if they were real: nothing is read then. */
function isThere(stream: MediaStream, what: string): boolean {
  const [track] = stream.getTracks();
  if (track!.readyState === 'ended') throw new NoSensor(`The ${what} has gone.`);
  return !track!.muted;
}

/** Level (root mean square of the samples) and the strongest frequency. */
export async function microphone(signal: AbortSignal): Promise<LiveSensor> {
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await streamOf({ audio: plain }, 'microphone', signal);
  const context = new AudioContext();
  signal.addEventListener('abort', () => void context.close());
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0.3 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  return {
    read() {
      if (!isThere(stream, 'microphone')) return {};
      analyser.getFloatTimeDomainData(samples);
      analyser.getFloatFrequencyData(spectrum);
      const level = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
      let loudest = 1;
      for (let bin = 2; bin < spectrum.length; bin++) if (spectrum[bin]! > spectrum[loudest]!) loudest = bin;
      const frequency = (loudest * context.sampleRate) / analyser.fftSize;
      // In silence no frequency is the strongest.
      return level > 1e-4 ? { 'microphone.level': level, 'microphone.frequency': frequency } : { 'microphone.level': level };
    },
  };
}

/** Mean brightness, and how much of it changes from one look to the next. */
export async function camera(preview: HTMLVideoElement, signal: AbortSignal): Promise<LiveSensor> {
  const stream = await streamOf({ video: { width: 320, height: 240, frameRate: 30 } }, 'camera', signal);
  signal.addEventListener('abort', () => (preview.srcObject = null));
  preview.srcObject = stream;
  await preview.play();
  const [width, height] = [64, 48];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  let before: Float32Array | undefined;
  return {
    read() {
      if (!isThere(stream, 'camera')) return {};
      context.drawImage(preview, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      // Luma as in ITU-R BT.709.
      const luma = Float32Array.from({ length: width * height }, (_, i) => (0.2126 * data[4 * i]! + 0.7152 * data[4 * i + 1]! + 0.0722 * data[4 * i + 2]!) / 255);
      const last = before;
      before = luma;
      const mean = (of: (value: number, i: number) => number) => luma.reduce((sum, value, i) => sum + of(value, i), 0) / luma.length;
      const brightness = mean((value) => value);
      return last ? { 'camera.brightness': brightness, 'camera.motion': mean((value, i) => Math.abs(value - last[i]!)) } : { 'camera.brightness': brightness };
    },
  };
}

interface AsksPermission {
  requestPermission?(): Promise<'granted' | 'denied'>;
}

/** Magnitudes of the acceleration, gravity included, and of the rate of rotation. */
export async function deviceMotion(signal: AbortSignal): Promise<LiveSensor> {
  if (typeof DeviceMotionEvent === 'undefined') throw new NoSensor('This browser tells nothing of its device’s motion.');
  const asks = DeviceMotionEvent as unknown as AsksPermission;
  if (asks.requestPermission && (await asks.requestPermission()) !== 'granted') throw new NoSensor('The device’s motion was not allowed.');
  let readings: Readings | undefined;
  const hear = ({ accelerationIncludingGravity: a, rotationRate: r }: DeviceMotionEvent) => {
    // A machine that stands on a desk sends events of nothing.
    if (typeof a?.x !== 'number') return;
    readings = { 'device.acceleration': Math.hypot(a.x, a.y ?? 0, a.z ?? 0) };
    if (typeof r?.alpha === 'number') readings['device.rotation'] = (Math.hypot(r.alpha, r.beta ?? 0, r.gamma ?? 0) * Math.PI) / 180;
  };
  addEventListener('devicemotion', hear, { signal });
  await new Promise((done) => setTimeout(done, 1000));
  if (!readings) throw new NoSensor('This device has no motion sensor.');
  return {
    read() {
      const fresh = readings ?? {};
      readings = undefined;
      return fresh;
    },
  };
}
