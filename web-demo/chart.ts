// The chosen agent's fused values, and where they are expected to go.

const length = 120;

export class Chart {
  readonly #canvas: HTMLCanvasElement;
  #fused: number[] = [];
  #abnormal: boolean[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  clear(): void {
    this.#fused = [];
    this.#abnormal = [];
  }

  add(fused: number, abnormal: boolean): void {
    this.#fused.push(fused);
    this.#abnormal.push(abnormal);
    if (this.#fused.length > length) {
      this.#fused.shift();
      this.#abnormal.shift();
    }
  }

  draw(predicted: readonly number[]): void {
    const canvas = this.#canvas;
    const scale = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext('2d')!;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const color = (name: string) => style.getPropertyValue(`--${name}`);
    const left = 28;
    const x = (index: number) => left + (index / (length + 5)) * (width - left - 8);
    const y = (value: number) => 8 + (1 - value) * (height - 16);

    context.font = style.font;
    context.fillStyle = color('muted');
    context.textBaseline = 'middle';
    context.strokeStyle = color('rule');
    context.lineWidth = 1;
    for (const value of [0, 0.5, 1]) {
      context.fillText(String(value), 0, y(value));
      context.beginPath();
      context.moveTo(left, Math.round(y(value)) + 0.5);
      context.lineTo(width, Math.round(y(value)) + 0.5);
      context.stroke();
    }

    const first = length - this.#fused.length;
    context.strokeStyle = color('accent');
    context.lineWidth = 1.75;
    context.lineJoin = 'round';
    context.beginPath();
    this.#fused.forEach((value, index) => context.lineTo(x(first + index), y(value)));
    context.stroke();
    context.fillStyle = color('accent');
    predicted.forEach((value, ahead) => disc(context, x(length + ahead), y(value), 1.75));
    context.fillStyle = color('alarm');
    this.#abnormal.forEach((abnormal, index) => abnormal && disc(context, x(first + index), y(this.#fused[index]!), 3.5));
  }
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
