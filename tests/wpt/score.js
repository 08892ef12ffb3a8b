// From results to rates. A file's rate is passed / total; the total is the largest that any runtime
// or the expectations saw, for one that breaks off early does not count its rest otherwise.

/** The most subtests that a test was seen to have; one where nobody saw any. */
export function totalOf(id, allResults, expectations) {
  let total = expectations?.[id]?.[1] ?? 0;
  for (const results of allResults) total = Math.max(total, results.get(id)?.total ?? 0);
  return Math.max(total, 1);
}

const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** The mean of some lists of rates, a column each. */
const meanOf = (lists, columns) => columns.map((_, i) => mean(lists.map((rates) => rates[i])));

/**
 * @typedef {object} Score
 * @property {{directory: string, files: number, rates: number[]}[]} rows
 * @property {number[]} directories the mean of all rows
 * @property {number[]} files the mean of all files
 * @property {{passed: number[], total: number}} subtests
 */

/**
 * @param {import('./test_list.js').Test[]} tests
 * @param {import('./results.js').Results[]} allResults a column each
 * @returns {Score}
 */
export function scoreTests(tests, allResults, expectations) {
  const directories = new Map();
  const passed = allResults.map(() => 0);
  let total = 0;
  for (const test of tests) {
    const most = totalOf(test.id, allResults, expectations);
    total += most;
    const rates = allResults.map((results, i) => {
      const got = results.get(test.id)?.passed ?? 0;
      passed[i] += got;
      return got / most;
    });
    if (!directories.has(test.directory)) directories.set(test.directory, []);
    directories.get(test.directory).push(rates);
  }
  const rows = [...directories]
    .map(([directory, files]) => ({
      directory,
      files: files.length,
      rates: meanOf(files, allResults),
    }))
    .sort((a, b) => (a.directory < b.directory ? -1 : 1));
  const rates = rows.map((row) => row.rates);
  return {
    rows,
    directories: meanOf(rates, allResults),
    files: meanOf([...directories.values()].flat(), allResults),
    subtests: { passed, total },
  };
}
