// The map with WebGL2: the columns go to the graphics card as they are, one number an agent each.
import type { Camera } from './camera.ts';
import { dotSize, faint, graver, rimOf, type Drawing, type Outline, type Palette, type Picture } from './picture.ts';

const camera = `
  uniform vec2 center;
  uniform vec2 perMetre;
  vec4 place(vec2 at) { return vec4((at - center) * perMetre, 0.0, 1.0); }`;

const dots = {
  vertex: `#version 300 es
  ${camera}
  in float x, y, value, active_;
  uniform float size, steps, rim;
  uniform sampler2D colours;
  uniform float count;
  out vec4 colour;
  out float inner, soft;
  void main() {
    bool hidden = active_ == 0.0 || isnan(x) || isnan(y);
    float grave = steps > 1.0 ? 1.0 - min(value, 1.0) : value / (count - 1.0);
    gl_Position = hidden ? vec4(2.0, 2.0, 0.0, 1.0) : place(vec2(x, y));
    // The depth test has the gravest on top.
    gl_Position.z = 0.5 - 0.9 * grave;
    gl_PointSize = (grave > 0.5 ? ${graver.toFixed(1)} * size : size) + 2.0 * rim + 1.0;
    // The outermost pixel is soft.
    soft = 1.0 / gl_PointSize;
    inner = 0.5 - rim * soft;
    colour = texture(colours, vec2((min(value * steps, count - 1.0) + 0.5) / count, 0.5));
  }`,
  fragment: `#version 300 es
  precision mediump float;
  in vec4 colour;
  in float inner, soft;
  uniform vec4 rimColour;
  out vec4 pixel;
  void main() {
    float from = length(gl_PointCoord - 0.5);
    if (from > 0.5) discard;
    pixel = from > inner ? rimColour : colour;
    pixel.a = (0.5 - from) / soft;
  }`,
};

const shapes = {
  vertex: `#version 300 es
  ${camera}
  in vec2 corner;
  uniform float size;
  void main() {
    gl_Position = place(corner);
    gl_PointSize = size;
  }`,
  fragment: `#version 300 es
  precision mediump float;
  uniform vec4 colour;
  out vec4 pixel;
  void main() { pixel = colour; }`,
};

type Uniforms<Name extends string> = Record<Name, WebGLUniformLocation | null>;

/** A buffer that grows to what is put in it. */
class Stream {
  readonly #gl: WebGL2RenderingContext;
  readonly buffer: WebGLBuffer;
  #bytes = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.buffer = gl.createBuffer()!;
  }

  put(data: Float32Array | Uint8Array | Uint32Array, target: GLenum = this.#gl.ARRAY_BUFFER): void {
    const gl = this.#gl;
    gl.bindBuffer(target, this.buffer);
    if (data.byteLength > this.#bytes) gl.bufferData(target, (this.#bytes = data.byteLength), gl.STREAM_DRAW);
    gl.bufferSubData(target, 0, data);
  }
}

export class WebglDrawing implements Drawing {
  readonly kind = 'WebGL2';
  readonly #gl: WebGL2RenderingContext;
  readonly #canvas: OffscreenCanvas;
  ratio: number;
  readonly #dots: WebGLProgram;
  readonly #dotUniforms: Uniforms<'center' | 'perMetre' | 'size' | 'steps' | 'colours' | 'count' | 'rim' | 'rimColour'>;
  readonly #shapes: WebGLProgram;
  readonly #shapeUniforms: Uniforms<'center' | 'perMetre' | 'size' | 'colour'>;
  readonly #columns: Record<'x' | 'y' | 'value' | 'active_' | 'placeX' | 'placeY', Stream>;
  readonly #lines: Stream;
  readonly #site: Stream;
  readonly #colours: WebGLTexture;
  #siteCorners = 0;
  #palette!: Palette;
  #corners = new Float32Array(4096);

  /** Throws where there is no WebGL2. */
  constructor(canvas: OffscreenCanvas, ratio: number) {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: true, powerPreference: 'low-power' });
    if (!gl) throw new Error('no WebGL2');
    this.#gl = gl;
    this.#canvas = canvas;
    this.ratio = ratio;
    this.#dots = program(gl, dots.vertex, dots.fragment);
    this.#shapes = program(gl, shapes.vertex, shapes.fragment);
    this.#dotUniforms = uniforms(gl, this.#dots, ['center', 'perMetre', 'size', 'steps', 'colours', 'count', 'rim', 'rimColour']);
    this.#shapeUniforms = uniforms(gl, this.#shapes, ['center', 'perMetre', 'size', 'colour']);
    const stream = () => new Stream(gl);
    this.#columns = { x: stream(), y: stream(), value: stream(), active_: stream(), placeX: stream(), placeY: stream() };
    this.#lines = stream();
    this.#site = stream();
    this.#colours = gl.createTexture()!;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
  }

  setSite(outlines: readonly Outline[]): void {
    const corners: number[] = [];
    for (const outline of outlines) {
      for (let i = 2; i + 3 < outline.length; i += 2) corners.push(outline[0]!, outline[1]!, ...outline.slice(i, i + 4));
    }
    this.#site.put(Float32Array.from(corners));
    this.#siteCorners = corners.length / 2;
  }

  setPalette(palette: Palette): void {
    this.#palette = palette;
  }

  draw(picture: Picture, from: Camera): void {
    const gl = this.#gl;
    const ratio = this.ratio;
    const { width, height } = this.#canvas;
    const palette = this.#palette;
    gl.viewport(0, 0, width, height);
    const [red, green, blue] = rgb(palette.paper);
    gl.clearColor(red, green, blue, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);

    this.#look(this.#shapes, this.#shapeUniforms, from);
    this.#shape(this.#site, this.#siteCorners, gl.TRIANGLES, palette.obstacle);
    this.#drawPlaces(picture);
    this.#drawAgents(picture, from);

    this.#look(this.#shapes, this.#shapeUniforms, from);
    for (let i = 0; i < picture.sounds.length; i += 2) {
      this.#ring(picture.sounds[i]!, picture.sounds[i + 1]!, 9 * ratio * from.scale, 1.5 * ratio * from.scale, palette.rule);
    }
    if (picture.intruder) this.#ring(...picture.intruder, 11 * ratio * from.scale, 3 * ratio * from.scale, palette.threat);
    if (picture.event) for (const radius of [12, 16]) this.#ring(...picture.event, radius * ratio * from.scale, 1.5 * ratio * from.scale, palette.threat);
    const { chosen } = picture;
    if (!chosen) return;
    this.#line(chosen.trail, gl.LINE_STRIP, palette.chosen);
    const rays: number[] = [];
    for (let i = 0; i < chosen.neighbors.length; i += 2) rays.push(chosen.x, chosen.y, chosen.neighbors[i]!, chosen.neighbors[i + 1]!);
    this.#line(rays, gl.LINES, palette.chosen);
    this.#ring(chosen.x, chosen.y, chosen.radius, 1.25 * ratio * from.scale, palette.chosen);
    this.#ring(chosen.x, chosen.y, (dotSize(from.scale, ratio) / 2 + 4 * ratio) * from.scale, 2.5 * ratio * from.scale, palette.chosen);
  }

  #look(name: WebGLProgram, at: Uniforms<'center' | 'perMetre'>, from: Camera): void {
    const gl = this.#gl;
    gl.useProgram(name);
    gl.uniform2f(at.center, from.x, from.y);
    gl.uniform2f(at.perMetre, 2 / (this.#canvas.width * from.scale), 2 / (this.#canvas.height * from.scale));
  }

  #attribute(program: WebGLProgram, name: string, stream: Stream, size: number, type: GLenum): void {
    const gl = this.#gl;
    const at = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, stream.buffer);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, false, 0, 0);
  }

  #drawAgents({ agents, x, y, active, values, colouring }: Picture, from: Camera): void {
    const gl = this.#gl;
    const colours = this.#palette[colouring];
    this.#columns.x.put(x);
    this.#columns.y.put(y);
    this.#columns.value.put(values);
    this.#columns.active_.put(active);
    this.#look(this.#dots, this.#dotUniforms, from);
    this.#attribute(this.#dots, 'x', this.#columns.x, 1, gl.FLOAT);
    this.#attribute(this.#dots, 'y', this.#columns.y, 1, gl.FLOAT);
    this.#attribute(this.#dots, 'value', this.#columns.value, 1, values instanceof Uint8Array ? gl.UNSIGNED_BYTE : gl.FLOAT);
    this.#attribute(this.#dots, 'active_', this.#columns.active_, 1, gl.UNSIGNED_BYTE);
    gl.bindTexture(gl.TEXTURE_2D, this.#colours);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, colours.length, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, Uint8Array.from(colours.flatMap((colour) => [...rgb(colour).map((part) => part * 255), 255])));
    const between = colouring === 'confidence' ? gl.LINEAR : gl.NEAREST;
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, between);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, between);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.uniform1i(this.#dotUniforms.colours, 0);
    gl.uniform1f(this.#dotUniforms.count, colours.length);
    gl.uniform1f(this.#dotUniforms.steps, colouring === 'confidence' ? colours.length - 1 : 1);
    gl.uniform1f(this.#dotUniforms.size, dotSize(from.scale, this.ratio));
    gl.uniform1f(this.#dotUniforms.rim, rimOf(from.scale, this.ratio));
    gl.uniform4f(this.#dotUniforms.rimColour, ...rgb(this.#palette.paper), 1);
    gl.enable(gl.DEPTH_TEST);
    gl.drawArrays(gl.POINTS, 0, agents);
    gl.disable(gl.DEPTH_TEST);
  }

  #drawPlaces({ places }: Picture): void {
    const gl = this.#gl;
    const corners = this.#room(places.count * 2);
    for (let i = 0; i < places.count; i++) {
      corners[2 * i] = places.x[i]!;
      corners[2 * i + 1] = places.y[i]!;
    }
    gl.uniform1f(this.#shapeUniforms.size, 3 * this.ratio);
    this.#lines.put(corners.subarray(0, places.count * 2));
    this.#shape(this.#lines, places.count, gl.POINTS, this.#palette.place);
    const { links } = places;
    const ends = this.#room(links.length * 2);
    for (let i = 0; i < links.length; i++) {
      ends[2 * i] = places.x[links[i]!]!;
      ends[2 * i + 1] = places.y[links[i]!]!;
    }
    this.#lines.put(ends.subarray(0, links.length * 2));
    this.#shape(this.#lines, links.length, gl.LINES, this.#palette.place, faint);
  }

  /** A ring of a radius and breadth in metres: lines of one pixel are too thin for screens of today. */
  #ring(x: number, y: number, radius: number, breadth: number, colour: string): void {
    const steps = 64;
    const corners = this.#room((steps + 1) * 4);
    for (let i = 0, at = 0; i <= steps; i++) {
      const angle = (2 * Math.PI * i) / steps;
      for (const distance of [radius - breadth / 2, radius + breadth / 2]) {
        corners[at++] = x + distance * Math.cos(angle);
        corners[at++] = y + distance * Math.sin(angle);
      }
    }
    this.#lines.put(corners.subarray(0, (steps + 1) * 4));
    this.#shape(this.#lines, (steps + 1) * 2, this.#gl.TRIANGLE_STRIP, colour);
  }

  #line(points: readonly number[], mode: GLenum, colour: string): void {
    const corners = this.#room(points.length);
    corners.set(points);
    this.#lines.put(corners.subarray(0, points.length));
    this.#shape(this.#lines, points.length / 2, mode, colour);
  }

  #shape(stream: Stream, corners: number, mode: GLenum, colour: string, opacity = 1): void {
    if (corners === 0) return;
    const gl = this.#gl;
    this.#attribute(this.#shapes, 'corner', stream, 2, gl.FLOAT);
    gl.uniform4f(this.#shapeUniforms.colour, ...rgb(colour), opacity);
    gl.drawArrays(mode, 0, corners);
  }

  #room(numbers: number): Float32Array {
    if (this.#corners.length < numbers) this.#corners = new Float32Array(2 * numbers);
    return this.#corners;
  }
}

const parsed = new Map<string, readonly [number, number, number]>();
/** "#rrggbb" → 0 … 1. */
function rgb(colour: string): readonly [number, number, number] {
  let parts = parsed.get(colour);
  if (!parts) {
    const number = Number.parseInt(colour.slice(1), 16);
    parsed.set(colour, (parts = [(number >> 16) / 255, ((number >> 8) & 255) / 255, (number & 255) / 255]));
  }
  return parts;
}

function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram()!;
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(`WebGL2: ${gl.getProgramInfoLog(made)}`);
  return made;
}

function uniforms<Name extends string>(gl: WebGL2RenderingContext, from: WebGLProgram, names: readonly Name[]): Uniforms<Name> {
  return Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(from, name)])) as Uniforms<Name>;
}
