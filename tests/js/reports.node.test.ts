// What `npm test` tells of a run that ended before its tests did.
import { expect, test } from 'vitest';
import { googleTest, unexplained } from '../../scripts/test/parsers.mjs';

const printed = '[ RUN      ] Window.Sums\n[       OK ] Window.Sums (1 ms)\n[ RUN      ] Detect.Far\n';
const undefinedBehaviour = 'core/src/window.cpp:12:3: runtime error: signed integer overflow: 2147483647 + 1';

test.each([
  ['undefined behaviour', `${undefinedBehaviour}\n    #0 0x55 in window\n`, undefinedBehaviour],
  ['bad memory', '=====\n==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x60\n', 'ERROR: AddressSanitizer: heap-use-after-free on address 0x60'],
  ['nothing that is known', 'terminate called\n', 'exit code 1 without a failed test: see what it printed'],
])('%s: the test that was running, and the line that says why', (_, complained, reason) => {
  const counts = googleTest('/no/such/report', printed);
  expect(counts).toMatchObject({ passed: 1, failed: [], unfinished: 'Detect.Far' });
  expect(unexplained(counts, complained, 1)).toBe(reason);
});

test('a leak is told at the end, of no test; a failed test says enough', () => {
  const leak = '==7==ERROR: LeakSanitizer: detected memory leaks\n';
  expect(unexplained({ failed: [] }, leak, 1)).toBe('ERROR: LeakSanitizer: detected memory leaks');
  expect(unexplained({ failed: ['Window.Sums'] }, leak, 1)).toBeUndefined();
  expect(unexplained({ failed: [] }, '', 0)).toBeUndefined();
});
