// What people see on standard error: notes, a progress line on a terminal, numbers that can be read.

/** Notes for people; silent with --quiet. */
export function note(quiet: boolean, text: string): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}

export const grouped = (value: number) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** "1 tick", "2 ticks". */
export const counted = (value: number, noun: string) => `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Three digits that matter. */
export function brief(value: number): string {
  return Math.abs(value) >= 1000 ? grouped(value) : String(Number(value.toPrecision(3)));
}

/** "2.6 MiB". */
export function bytesText(bytes: number): string {
  const unit = bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
  return `${brief(bytes / 1024 ** unit)} ${['', 'KiB', 'MiB', 'GiB'][unit]}`;
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${brief(seconds * 1000)} ms`;
  if (seconds < 120) return `${brief(seconds)} s`;
  if (seconds < 7200) return `${brief(seconds / 60)} min`;
  return seconds < 172_800 ? `${brief(seconds / 3600)} h` : `${brief(seconds / 86_400)} days`;
}

/** One line that is written over, at most ten times a second, where standard error is a terminal. */
export class Progress {
  readonly #on: boolean;
  #next = 0;
  #shown = false;

  constructor(quiet: boolean) {
    this.#on = !quiet && process.stderr.isTTY === true;
  }

  show(text: () => string): void {
    if (!this.#on || performance.now() < this.#next) return;
    this.#next = performance.now() + 100;
    this.#shown = true;
    process.stderr.write(`\r\x1b[K${text()}`);
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K');
    this.#shown = false;
  }
}

/** Two columns, the first as wide as its longest name. */
export function listing(rows: [name: string, value: string][]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}
