// The agent's sensors as the engine has them, what each gives to the fused value, and the confidence in it.
import type { Look, Sensed } from '../protocol.ts';
import { byId, digits, make, seriesColours, set, show } from './dom.ts';

const units: Readonly<Record<string, string>> = {
  'lidar.max_range': 'm',
  'audio.frequency': 'Hz',
  'imu.accel_x': 'm/s²',
  'imu.accel_y': 'm/s²',
  'imu.accel_z': 'm/s²',
  'imu.gyro': 'rad/s',
  'microphone.frequency': 'Hz',
  'device.acceleration': 'm/s²',
  'device.rotation': 'rad/s',
};

export class AgentPanel {
  readonly #rows = byId<HTMLTableElement>('sensors').tBodies[0]!;
  readonly #parts = byId('parts');
  readonly #meter = byId('confidence-meter');
  readonly #level = this.#meter.firstElementChild as HTMLElement;

  show({ sensors, fused, confidence, truth }: Look): void {
    if (this.#rows.rows.length !== sensors.length) this.#build(sensors);
    sensors.forEach((sensor, index) => this.#showSensor(this.#rows.rows[index]!, sensor));
    this.#showParts(sensors.filter(({ feature }) => feature !== null));
    show(byId('fused-value'), fused.toFixed(2));
    // Of classic channels confidence is the fused value, which may be more than one; the scale ends there.
    set(this.#meter, 'aria-valuenow', Math.min(confidence, 1).toFixed(2));
    set(this.#meter, 'aria-valuetext', `${confidence.toFixed(2)}${confidence > 1 ? ', more than the scale shows' : ''}`);
    this.#level.style.width = `${(100 * Math.min(confidence, 1)).toFixed(1)}%`;
    show(byId('confidence-value'), confidence.toFixed(2));
    const situation = byId('truth');
    byId('truth-line').hidden = truth === null;
    if (!truth) return;
    show(situation, [truth.situation, ...truth.incidents, ...truth.faults].join(' · '));
    set(situation, 'data-situation', truth.situation);
  }

  /** The sensors of a new scene are others. */
  clear(): void {
    this.#rows.replaceChildren();
    this.#parts.replaceChildren();
  }

  #build(sensors: readonly Sensed[]): void {
    const fused = sensors.filter(({ feature }) => feature !== null);
    this.#rows.replaceChildren(
      ...sensors.map((sensor) => {
        const row = make('tr');
        const head = make('th', sensor.channel);
        head.scope = 'row';
        if (sensor.feature !== null) head.dataset['series'] = String(fused.indexOf(sensor) % seriesColours);
        row.append(head, make('td'), make('td'), make('td'));
        return row;
      }),
    );
  }

  #showSensor(row: HTMLTableRowElement, { channel, value, age, weight, lost }: Sensed): void {
    const unit = units[channel];
    show(row.cells[1]!, value === null ? '–' : `${digits(value)}${unit ? ` ${unit}` : ''}`);
    show(row.cells[2]!, lost ? 'lost' : age === null ? '–' : age < 0.0005 ? 'now' : `${age.toFixed(2)} s`);
    show(row.cells[3]!, weight === null ? '' : weight.toFixed(2));
    row.classList.toggle('lost', lost);
    row.classList.toggle('unused', weight === null);
  }

  /** A bar as wide as the fused value is large, of a piece a sensor in the colour of its row. */
  #showParts(features: readonly Sensed[]): void {
    if (this.#parts.children.length !== features.length) this.#parts.replaceChildren(...features.map(() => make('span')));
    const total = features.reduce((sum, { weight }) => sum + weight!, 0);
    features.forEach(({ channel, weight, feature, lost }, index) => {
      const part = total > 0 ? (weight! / total) * Math.max(feature!, 0) : 0;
      const piece = this.#parts.children[index] as HTMLElement;
      piece.style.width = `${(100 * part).toFixed(1)}%`;
      set(piece, 'data-series', String(index % seriesColours));
      piece.classList.toggle('lost', lost);
      set(piece, 'title', `${channel}: ${part.toFixed(3)} of the fused value`);
    });
  }
}
