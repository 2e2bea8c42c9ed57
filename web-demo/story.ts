// What a visitor sees who only watches: an intruder comes to the agent, and what that does to it. Any input ends the story.
import { byId, show } from './panels/dom.ts';
import type { MapPanel } from './panels/map.ts';
import type { Order } from './protocol.ts';

/** Of a flight to the agent or back, each an order to the map. */
const steps = 45;
const stepFactor = 1.035;

/** Not to who asked for less motion, nor to who came by a link to something else. */
export function tellStory(send: (order: Order) => void, map: MapPanel): void {
  if (location.hash || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const timers: ReturnType<typeof setTimeout>[] = [];
  const after = (seconds: number, act: () => void) => timers.push(setTimeout(act, 1000 * seconds));
  const say = (seconds: number, text: string) => after(seconds, () => show(byId('story'), text));
  const fly = (seconds: number, factor: number) => {
    for (let i = 0; i < steps; i++) after(seconds + i / 30, () => map.zoom(factor));
  };
  say(2, 'Each dot is an agent that knows only what its own sensors tell.');
  after(4, () => send({ type: 'follow', following: true }));
  fly(4.5, stepFactor);
  say(6, 'This is one of them. An intruder comes …');
  after(8, () => send({ type: 'incident', incident: 'intruder', seconds: 10 }));
  say(9, '… who is near flees, the score leaves its band, an event begins.');
  fly(15, 1 / stepFactor);
  after(17, () => send({ type: 'fit' }));
  say(17, 'Your turn: choose an agent, make something go wrong.');
  say(22, '');
  const stop = () => {
    timers.forEach(clearTimeout);
    show(byId('story'), '');
  };
  for (const input of ['pointerdown', 'keydown', 'wheel']) addEventListener(input, stop, { once: true, capture: true, passive: true });
}
