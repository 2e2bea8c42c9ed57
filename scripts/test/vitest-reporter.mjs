// A Vitest reporter that keeps what the built-in JSON one drops: why a test was skipped, and errors outside of any test.
import { writeFileSync } from 'node:fs';

export default class Reporter {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed') report.passed++;
        else if (state === 'failed') report.failed.push(`${module.relativeModuleId}: ${test.fullName}`);
        else report.skipped.push({ name: test.fullName, reason: note ?? (test.options.mode === 'todo' ? 'not written yet' : state === 'pending' ? 'did not come to run' : undefined) });
      }
      // A module that could not be loaded has no tests to fail; a failing beforeAll fails its module or group only.
      const errors = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
      for (const error of errors) report.failed.push(`${module.relativeModuleId}: ${error.message.split('\n')[0]}`);
    }
    for (const error of unhandledErrors) report.failed.push(`outside of any test: ${String(error.message).split('\n')[0]}`);
    writeFileSync(process.env.SENSORIUM_TEST_REPORT, JSON.stringify(report));
  }
}
