// Runs the built command line as users do: a process of its own, with files and pipes.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, vi } from 'vitest';
import type { CycleResult } from '../../js/node.ts';

// A process takes half a second to start where others want the machine too.
vi.setConfig({ testTimeout: 60_000 });

export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  stdin: NodeJS.WritableStream;
  stdout: NodeJS.ReadableStream;
  finished: Promise<Finished>;
  /** Waits until standard output has so many lines; fails when the process ends before. */
  lines(count: number): Promise<string[]>;
}

/** Those that run, to be ended with a test file that fails. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

/** Starts `sensorium` with these arguments. */
export function start(args: string[], { env = {}, prefix = [] as string[] } = {}): Started {
  const child = spawn(process.execPath, [...prefix, cli, ...args], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let stderr = '';
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((look) => look());
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => void (stderr += part));
  // A process that has ended does not read what is still written to it.
  child.stdin.on('error', () => {});
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      ended = true;
      running.delete(child);
      resolve({ code, stdout, stderr });
      wake();
    });
  });
  const complete = () => stdout.split('\n').slice(0, -1);
  return {
    child,
    stdin: child.stdin,
    stdout: child.stdout,
    finished,
    lines: (count) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = complete();
          if (found.length < count && !ended) return;
          waiting.delete(look);
          if (found.length >= count) resolve(found);
          else reject(new Error(`expected ${count} lines, got ${found.length}; standard error: ${stderr}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Runs `sensorium` to its end, with `input` on standard input. */
export async function sensorium(args: string[], input: string | Buffer = '', env: Record<string, string> = {}): Promise<Finished> {
  const { stdin, finished } = start(args, { env });
  stdin.end(input);
  return finished;
}

export const cyclesOf = (ndjson: string) => ndjson.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Omit<CycleResult, 'time' | 'agent'> & { time: number | string; agent: number | string });

/** A folder for the files of this test file, gone afterwards. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'sensorium-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    path: (name: string) => join(folder, name),
    write(name: string, text: string | Buffer) {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
  };
}
