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
  /** Whose events are told, however many. */
  agent = 0;
  readonly #most: number;
  #events: Happening[] = [];
  readonly #begun = new Map<Kind, number>();
  readonly #open = new Set<string>();

  /** Of each kind `most` may begin between one take() and the next. */
  constructor(most: number) {
    this.#most = most;
  }

  /** `x` and `y`: where the agent is, where there is a map. The event is reused by who tells it, and only what is kept is copied. */
  hear(event: SensoriumEvent, x?: number, y?: number): void {
    const { begins, key } = alarm(event);
    if (!begins) {
      if (this.#open.delete(key)) this.#events.push({ ...event });
      return;
    }
    const count = this.#begun.get(event.kind) ?? 0;
    if (count >= this.#most && event.agent !== this.agent) return;
    this.#begun.set(event.kind, count + 1);
    this.#open.add(key);
    this.#events.push(x === undefined || y === undefined ? { ...event } : { ...event, x, y });
  }

  /** What was heard since the last time. */
  take(): readonly Happening[] {
    const events = this.#events;
    this.#events = [];
    this.#begun.clear();
    return events;
  }

  clear(): void {
    this.take();
    this.#open.clear();
  }
}
