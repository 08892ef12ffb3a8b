// What the runner prints.

const percent = (rate) => (Number.isNaN(rate) ? '-' : `${(rate * 100).toFixed(1)} %`);

const filesIn = ({ rows }) => rows.reduce((sum, row) => sum + row.files, 0);

/**
 * The table: a row a directory, a column a runtime.
 * @param {import('./score.js').Score} all
 * @param {import('./score.js').Score} servers without what is only in the mean of all
 */
export function formatTable(all, servers, names) {
  const { rows, subtests } = all;
  const width = Math.max(32, ...rows.map((row) => row.directory.length));
  const line = (first, files, cells) =>
    `${first.padEnd(width)} ${String(files).padStart(5)} ${cells.map((cell) => cell.padStart(9)).join('')}`;
  const means = (score, of) => [
    line(`mean of ${of}directories`, filesIn(score), score.directories.map(percent)),
    line(`mean of ${of}files`, filesIn(score), score.files.map(percent)),
  ];
  return [
    line('directory', 'files', names),
    ...rows.map((row) => line(row.directory, row.files, row.rates.map(percent))),
    ...means(all, 'all '),
    ...means(servers, "a server's "),
    line('subtests passed', '', subtests.passed.map(String)),
    line(
      'subtests',
      '',
      names.map(() => String(subtests.total)),
    ),
  ].join('\n');
}

/** The same failure of many subtests has one text: values and names are taken out. */
function normalize(message) {
  return message
    .replace(/^promise_test: Unhandled rejection with value: object "(.*)"$/s, 'rejected: $1')
    .replace(/\bhttps?:\/\/\S+/g, 'URL')
    .replace(/"(?:[^"\\]|\\.){0,200}"?/g, '"..."')
    .replace(/\b\d+(\.\d+)?\b/g, 'N')
    .replace(/\s+/g, ' ')
    .slice(0, 160);
}

/** A directory's most frequent messages, each with the share of the mean's points it costs. */
export function formatReasons(tests, results, { limit, totalOf }) {
  const directories = new Map();
  for (const test of tests) {
    const result = results.get(test.id);
    if (!result) continue;
    if (!directories.has(test.directory))
      directories.set(test.directory, { files: 0, reasons: new Map() });
    const entry = directories.get(test.directory);
    entry.files++;
    const total = totalOf(test.id);
    const count = (text, points) => {
      const found = entry.reasons.get(text) ?? { points: 0, files: new Set(), count: 0 };
      found.points += points;
      found.count++;
      found.files.add(test.id);
      entry.reasons.set(text, found);
    };
    for (const [, status, message] of result.failures) {
      count(`${status}: ${normalize(message)}`, 1 / total);
    }
    const unseen = total - result.passed - result.failures.length;
    if (unseen > 0) count(`${result.status}: ${normalize(result.message)}`, unseen / total);
  }
  const lines = [];
  for (const [directory, { files, reasons }] of [...directories].sort()) {
    const sorted = [...reasons].sort((a, b) => b[1].points - a[1].points).slice(0, limit);
    if (sorted.length === 0) continue;
    lines.push(`${directory} (${files} files)`);
    for (const [text, { points, files: where, count }] of sorted) {
      const share = `${((points / files) * 100).toFixed(1)} %`;
      const [example] = where;
      const name = example.slice(directory.length + 1);
      lines.push(
        `  ${share.padStart(7)} ${String(count).padStart(5)}x ${text}  [${where.size}: ${name}]`,
      );
    }
  }
  return lines.join('\n');
}

/** Every failure of one test. */
export function formatFailures(result) {
  const head = `${result.id}: ${result.status} ${result.passed}/${result.total} ${result.message}`;
  return [
    head,
    ...result.failures.map(([name, status, text]) => `  ${status} ${name}: ${text}`),
  ].join('\n');
}
