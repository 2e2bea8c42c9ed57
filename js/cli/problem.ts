// What the command line tells about things that went wrong: one message that says what, where, expected and got.
import { SensoriumError } from '../errors.ts';

/** A failure of the run, told to the user as it is; ends with exit code 1. */
export class Failure extends Error {
  override name = 'Failure';
}

/** The command line itself is wrong; ends with exit code 2. */
export class Usage extends Error {
  override name = 'Usage';
}

/** A line of the input that cannot be used. */
export interface BadLine {
  line: number;
  /** Name or number of the column, where one is to blame. */
  column?: string | undefined;
  expected: string;
  got: string;
  hint?: string | undefined;
}

export function describeBadLine(file: string, bad: BadLine): string {
  const column = bad.column === undefined ? '' : `, column ${bad.column}`;
  return `${file}, line ${bad.line}${column}: expected ${bad.expected}, got ${bad.got}${bad.hint ? `. ${bad.hint}` : ''}`;
}

/** Text of the input as it may stand in a message: quoted, on one line, not endless. */
export function quote(text: string, limit = 60): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return JSON.stringify(cut);
}

/** A value of a configuration as it may stand in a message: as JSON has it, on one line, not endless. */
export function showJson(value: unknown, limit = 60): string {
  const text = JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** One readable message of any error; the stack only for those who ask for it with DEBUG. */
export function describeError(error: unknown): string {
  if (process.env['DEBUG'] && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof Failure || error instanceof Usage) return error.message;
  if (error instanceof SensoriumError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
