// Every failure that Sensorium itself finds is a SensoriumError: a stable code, and what, where, expected and got in its message.
import type { CoreErrorCode } from './schema.gen.ts';

/** What went wrong; codes never change their meaning. */
export type ErrorCode =
  | CoreErrorCode
  /** The engine was used after dispose(). */
  | 'disposed'
  /** No channel has that name. */
  | 'unknown_channel'
  /** The engine's options bring no such columns. */
  | 'absent_column'
  /** A handler of events ticked, or a tick came while events of the one before were being read. */
  | 'tick_during_events'
  /** More events came than an event stream may hold unread. */
  | 'events_overflow'
  /** A row of a stream cannot be used. */
  | 'bad_row'
  /** The addon cannot be loaded, or not here. */
  | 'native_unavailable'
  /** The WebAssembly module could not be read. */
  | 'wasm_not_found'
  /** What was read is no WebAssembly module of this version. */
  | 'wasm_invalid'
  /** This runtime has no WebAssembly, none with SIMD, or its page forbids it. */
  | 'wasm_unsupported';

export interface ErrorParts {
  readonly code: ErrorCode;
  /** A sentence without its full stop. */
  readonly what: string;
  /** The option, channel or method: "channels.room.co2.scale". */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

export class SensoriumError extends Error {
  override readonly name = 'SensoriumError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: string;
  readonly expected: string;
  readonly got: string;

  constructor({ code, what, where, expected, got }: ErrorParts, options?: { cause?: unknown }) {
    const details = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(', ');
    super(`${what}: ${where}${details && `: ${details}`}`, options);
    this.code = code;
    this.what = what;
    this.where = where;
    this.expected = expected;
    this.got = got;
  }
}

/** A SensoriumError of its parts in their order. */
export function failure(code: ErrorCode, what: string, where: string, expected: string, got: string, cause?: unknown): SensoriumError {
  return new SensoriumError({ code, what, where, expected, got }, { cause });
}

/** A value as a message shows it: short, and without running any code of its own. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text "${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
    case 'number':
      return `the number ${value}`;
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : isPlain(value) ? 'an object' : `a ${kindOf(value)}`;
    default:
      return String(value);
  }
}

/** "Float32Array", "Map", "Object": what made a value, also where another realm did. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** No array, Map, Date or the like. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'Object';
}

const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;
const arrayBufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')!.get!;

/**
 * The bytes of a Uint8Array (a Buffer is one) that nobody else can change meanwhile, from any realm; undefined for anything else. What a value
 * says of itself is not asked, since the addon would read whatever there is, and nothing is made on the way.
 */
export function privateBytes(value: unknown): Uint8Array | undefined {
  if (typedArrayTag.call(value) !== 'Uint8Array') return undefined;
  try {
    // Of shared memory there is no such length.
    arrayBufferLength.call((value as Uint8Array).buffer);
    return value as Uint8Array;
  } catch {
    return undefined;
  }
}
