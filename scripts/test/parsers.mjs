// What each test tool says of its run, in one form:
// {passed, failed: [name], skipped: [{name, reason}], unfinished: name of the test a crash ended}; null if it left no report.
import { readFileSync } from 'node:fs';

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** GoogleTest's JSON report; it is written at the end only, so of a crashed run there is none and its printed lines are counted. */
export function googleTest(report, printed) {
  const reasons = skipReasons(printed);
  const text = read(report);
  if (text === null) {
    const names = (mark) => [...printed.matchAll(new RegExp(`^\\[ *${mark} *\\] (\\S+).*\\(\\d+ ms\\)`, 'gm'))].map(([, name]) => name);
    const started = [...printed.matchAll(/^\[ RUN {6}\] (\S+)/gm)].map(([, name]) => name);
    const passed = names('OK');
    const failed = names('FAILED');
    const skipped = names('SKIPPED');
    const last = started.at(-1);
    const unfinished = [...passed, ...failed, ...skipped].includes(last) ? undefined : last;
    return { passed: passed.length, failed, unfinished, skipped: skipped.map((name) => ({ name, reason: reasons.get(name) })) };
  }
  const result = { passed: 0, failed: [], skipped: [] };
  for (const suite of JSON.parse(text).testsuites) {
    for (const test of suite.testsuite) {
      const name = `${suite.name}.${test.name}`;
      if (test.status === 'NOTRUN') result.skipped.push({ name, reason: 'disabled in the source' });
      else if (test.result === 'SKIPPED') result.skipped.push({ name, reason: reasons.get(name) });
      else if (test.failures?.length > 0) result.failed.push(name);
      else result.passed++;
    }
  }
  return result;
}

/** GTEST_SKIP's messages are printed between the test's start and its SKIPPED line, after a line that says where. */
function skipReasons(printed) {
  const blocks = printed.matchAll(/^\[ RUN {6}\] (\S+)\n((?:(?!\[ RUN)[^\n]*\n)*?)\[ {2}SKIPPED \] \S+ \(/gm);
  return new Map([...blocks].map(([, name, text]) => [name, text.split('\n').filter((part) => part.trim() && !/: Skipped$/.test(part)).join(' ').trim()]));
}

/** The report of vitest-reporter.mjs, which is in this form already. */
export function vitest(report) {
  const text = read(report);
  return text === null ? null : JSON.parse(text);
}

/** The TAP report of node --test: leaves only, for a file or a describe block is no test. */
export function tap(report) {
  const text = read(report);
  if (text === null) return null;
  const result = { passed: 0, failed: [], skipped: [] };
  const points = [...text.matchAll(/^( *)(not ok|ok) \d+ - (.*?)(?: # (SKIP|TODO)(?: (.*))?)?\n(?: *---\n((?:.*\n)*?) *\.\.\.\n)?/gm)];
  for (const [, , outcome, name, directive, reason, details] of points) {
    if (/^ *type: 'suite'$/m.test(details ?? '')) continue;
    if (directive) result.skipped.push({ name, reason });
    else if (outcome === 'ok') result.passed++;
    else result.failed.push(name);
  }
  return result;
}

/** A program whose exit code is its whole verdict. */
export function exitCode(report, printed, code) {
  return code === 0 ? { passed: 1, failed: [], skipped: [] } : { passed: 0, failed: [`exit code ${code}`], skipped: [] };
}

/** Why a run failed, where none of its tests says so: what a sanitizer found, which ends a run at once or at its end. Undefined where one does. */
export function unexplained({ unfinished, failed }, complained, code) {
  if (code === 0 || (unfinished === undefined && failed.length > 0)) return undefined;
  const found = complained.match(/^.*(?:runtime error: |ERROR: \w+Sanitizer: ).*$/m)?.[0];
  return found?.replace(/^=+\d+=+/, '') ?? `exit code ${code} without a failed test: see what it printed`;
}
