// What begins with one event and ends with another.
import type { SensoriumEvent } from 'sensorium';
import type { Happening } from './protocol.ts';

type Kind = SensoriumEvent['kind'];

const alarms: readonly { readonly begin: Kind; readonly end: Kind; readonly what: string }[] = [
  { begin: 'anomaly-begin', end: 'anomaly-end', what: 'abnormal' },
  { begin: 'blind-begin', end: 'blind-end', what: 'blind' },
  { begin: 'neighbor-enter', end: 'neighbor-leave', what: 'has company' },
  { begin: 'sensor-lost', end: 'sensor-back', what: 'lost' },
];
const alarmOf = new Map(alarms.flatMap((alarm) => [[alarm.begin, alarm] as const, [alarm.end, alarm] as const]));

/** What an event says in words, whether it begins or ends, and a key that both have in common. */
export function alarm(event: SensoriumEvent): { readonly begins: boolean; readonly key: string; readonly what: string } {
  const { begin, what } = alarmOf.get(event.kind)!;
  const sensor = 'sensor' in event && event.sensor ? ` ${event.sensor}` : '';
  const severity = 'severity' in event && event.severity ? ` (${event.severity})` : '';
  return { begins: event.kind === begin, key: `${event.agent} ${begin}${sensor}`, what: `${what}${sensor}${severity}` };
}

/** Events on their way to the page: nobody could read thousands a second, but whoever read that something began is told that it ended. */
export class Told {
  readonly #most: number;
  #events: Happening[] = [];
  #begun = 0;
  #more = 0;
  readonly #open = new Set<string>();

  /** `most` may begin between one take() and the next. */
  constructor(most: number) {
    this.#most = most;
  }

  /** `x` and `y`: where the agent is, where there is a map. The event is reused by who tells it, and only what is kept is copied. */
  hear(event: SensoriumEvent, x?: number, y?: number): void {
    const { begins, key } = alarm(event);
    if (!begins) {
      if (this.#open.delete(key)) this.#events.push({ ...event });
    } else if (this.#begun < this.#most) {
      this.#begun++;
      this.#open.add(key);
      this.#events.push(x === undefined || y === undefined ? { ...event } : { ...event, x, y });
    } else {
      this.#more++;
    }
  }

  /** What was heard since the last time, and how many more began. */
  take(): { readonly events: readonly Happening[]; readonly more: number } {
    const taken = { events: this.#events, more: this.#more };
    [this.#events, this.#begun, this.#more] = [[], 0, 0];
    return taken;
  }

  clear(): void {
    this.take();
    this.#open.clear();
  }
}
