import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A Jest reporter: writes {project, passed, failed, skipped} into TEST_RESULTS_DIR when a project's run is over. */
export default class CountResults {
  constructor(_globalConfig, { dir }) {
    this.project = relative(ROOT, dir);
  }

  onRunComplete(_contexts, { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests }) {
    // A file that does not load, or whose last hook fails, has no failed test of its own: it is one failure.
    const broken = testResults.filter(
      ({ testExecError, numFailingTests }) =>
        testExecError !== undefined && testExecError !== null && numFailingTests === 0,
    );
    const result = {
      project: this.project,
      passed: numPassedTests,
      failed: numFailedTests + broken.length,
      skipped: numPendingTests + numTodoTests,
    };
    const file = join(process.env.TEST_RESULTS_DIR, `${this.project.replaceAll('/', '--')}.json`);
    writeFileSync(file, JSON.stringify(result));
  }
}
