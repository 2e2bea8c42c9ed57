// The hash of the golden scenarios, as tests/golden/README.md has it.
type Values = Float32Array | Float64Array | Uint8Array | Uint32Array | Int32Array;

export class Hash {
  #first = 0x811c9dc5;
  #second = 0x9e3779b9;

  add(column: Values, active: Uint8Array): void {
    const width = column.length / active.length;
    const words =
      column instanceof Uint8Array ? Uint32Array.from(column)
      : column instanceof Float64Array ? halves(column)
      : new Uint32Array(column.buffer, column.byteOffset, column.length);
    for (let row = 0; row < active.length; row++) {
      if (!active[row]) continue;
      for (let value = row * width; value < (row + 1) * width; value++) {
        const word = words[value]!;
        this.#first = Math.imul(this.#first ^ word, 16777619);
        this.#second = Math.imul(this.#second ^ ((word << 16) | (word >>> 16)), 16777619);
      }
    }
  }
  get text(): string {
    return [this.#first, this.#second].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

function halves(column: Float64Array): Uint32Array {
  const words = new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
  return Uint32Array.from(column, (_, i) => words[2 * i]! ^ words[2 * i + 1]!);
}
