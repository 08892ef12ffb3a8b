// The committed file of what nano passes: [passed, total] a test. A test that passes fewer is a
// regression; one that passes more is for --update.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export function readExpectations(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** One line a test, sorted, so that a change of the file can be read. */
export function writeExpectations(file, expectations) {
  const lines = Object.keys(expectations)
    .sort()
    .map((id) => `  ${JSON.stringify(id)}: [${expectations[id].join(', ')}]`);
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
}

/** @returns {{id: string, was: number, is: number, total: number}[][]} regressions, improvements */
export function compare(tests, results, expectations) {
  const worse = [];
  const better = [];
  for (const test of tests) {
    const expected = expectations[test.id];
    const result = results.get(test.id);
    if (!expected || !result) continue;
    const change = { id: test.id, was: expected[0], is: result.passed, total: expected[1] };
    if (result.passed < expected[0]) worse.push(change);
    if (result.passed > expected[0]) better.push(change);
  }
  return { worse, better };
}

/** The new expectations: what ran has its results, the rest stays. */
export function update(tests, results, expectations, totalOf) {
  const next = { ...expectations };
  for (const test of tests) {
    const result = results.get(test.id);
    if (result) next[test.id] = [result.passed, totalOf(test.id)];
  }
  return next;
}
