// Alarms held against the truth. What counts as what is said in docs/quality.md, which scripts/judge.mjs writes.

/** Seconds after an anomaly's end in which an alarm still counts as its. */
export const grace = 2;

/** "lidar stuck", or "intruder". */
const kindOf = (interval) => (interval.kind === 'fault' ? `${interval.modality} ${interval.fault}` : interval.incident);

/** What one detector came to in one world, added up over runs. */
export class Score {
  #kinds = new Map();
  #alarms = 0;
  #falseAlarms = 0;
  #cleanSeconds = 0;

  /** `kinds`: of which there is to be a row, in this order. */
  constructor(kinds) {
    for (const kind of kinds) this.#kinds.set(kind, { anomalies: 0, delays: [], lengths: [] });
  }

  /**
   * One run. `alarms`: for each agent the times at which alarms began, rising. `intervals`: the true anomalies. Only what begins after
   * `from` and is over, with its grace, before `to` is judged; all of them explain alarms.
   */
  add({ alarms, intervals, from, to }) {
    const byAgent = alarms.map(() => []);
    for (const interval of intervals) if (this.#kinds.has(kindOf(interval))) byAgent[interval.agent].push(interval);
    byAgent.forEach((own, agent) => {
      for (const interval of own) this.#judge(interval, alarms[agent], from, to);
      this.#countFalse(own, alarms[agent], from, to);
    });
  }

  #judge(interval, alarms, from, to) {
    const end = interval.to + grace;
    if (interval.from < from || end > to) return;
    const row = this.#kinds.get(kindOf(interval));
    row.anomalies++;
    row.lengths.push(end - interval.from);
    const first = alarms[firstFrom(alarms, interval.from)];
    if (first < end) row.delays.push(first - interval.from);
  }

  /** Alarms outside all anomalies, and how long that outside is. */
  #countFalse(intervals, alarms, from, to) {
    let at = from;
    const clean = (until) => {
      if (until <= at) return;
      this.#cleanSeconds += until - at;
      this.#falseAlarms += firstFrom(alarms, until) - firstFrom(alarms, at);
    };
    for (const interval of [...intervals].sort((a, b) => a.from - b.from)) {
      clean(Math.min(interval.from, to));
      at = Math.max(at, Math.min(interval.to + grace, to));
    }
    clean(to);
    this.#alarms += firstFrom(alarms, to) - firstFrom(alarms, from);
  }

  /** One row a kind, in order, and what is of all kinds together. */
  result() {
    const hours = this.#cleanSeconds / 3600;
    const second = this.#cleanSeconds > 0 ? this.#falseAlarms / this.#cleanSeconds : 0;
    const kinds = [...this.#kinds].map(([kind, { anomalies, delays, lengths }]) => {
      delays.sort((a, b) => a - b);
      const luck = lengths.reduce((sum, length) => sum + 1 - Math.exp(-second * length), 0);
      return {
        kind,
        anomalies,
        detected: delays.length,
        rate: anomalies > 0 ? delays.length / anomalies : null,
        chance: anomalies > 0 ? luck / anomalies : null,
        median: quantile(delays, 0.5),
        ninety: quantile(delays, 0.9),
      };
    });
    return { kinds, alarms: this.#alarms, false_alarms: this.#falseAlarms, clean_hours: hours, false_alarms_hour: hours > 0 ? this.#falseAlarms / hours : null };
  }
}

/** Place of the first that is not below `value`, in rising numbers. */
function firstFrom(numbers, value) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest number that `share` of them do not exceed; null of none. */
const quantile = (sorted, share) => (sorted.length > 0 ? sorted[Math.ceil(share * sorted.length) - 1] : null);
