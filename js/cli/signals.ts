// Ctrl-C and kill end a run in order: what was done is told, and no half file stays behind.
export class Interruption {
  /** The signal that came, if any. */
  signal: 'SIGINT' | 'SIGTERM' | undefined;
  readonly #stop: () => void;
  readonly #handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => [signal, () => this.#came(signal)] as const);

  /** `stop` is called when a signal comes: it must end whatever the run waits for. */
  constructor(stop: () => void) {
    this.#stop = stop;
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  #came(signal: 'SIGINT' | 'SIGTERM'): void {
    // Who asks twice does not want to wait.
    if (this.signal) process.exit(this.exitCode);
    this.signal = signal;
    this.#stop();
  }

  /** As shells count: 128 and the signal's number. */
  get exitCode(): number {
    return this.signal === 'SIGTERM' ? 143 : 130;
  }

  end(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}
