// The runner's command line.

import { parseArgs } from 'node:util';

export const usage = `usage: node tests/wpt/run.js --wpt=DIR [OPTION...] [PATH...]

Runs the Web Platform Tests below the PATHs of the checkout DIR (those of directories.json without
one) and prints the share of passed subtests by directory.

  --runtimes=A,B   nano (the default), workerd, node, deno, bun, or all
  --build=DIR      the build tree of nano (build/release)
  --out=DIR        where results go (build/wpt)
  --resume         keep the results that are there
  --report         run nothing, print what the results say
  --parallel=N     tests at a time (2)
  --timeout=MS     of a test (10000); three times as much for long ones
  --filter=TEXT    only tests whose path has TEXT in it
  --expect=FILE    what has to pass (tests/wpt/expectations.json for nano)
  --update         write what passed into that file
  --no-check       compare with nothing
  --reasons=N      the N most frequent messages of failures in each directory
  --show=TEXT      every failure of the tests whose path has TEXT in it
  --keep           keep each test's script in the output directory
`;

const flags = {
  wpt: { type: 'string' },
  runtimes: { type: 'string', default: 'nano' },
  build: { type: 'string', default: 'build/release' },
  out: { type: 'string', default: 'build/wpt' },
  resume: { type: 'boolean', default: false },
  report: { type: 'boolean', default: false },
  parallel: { type: 'string', default: '2' },
  timeout: { type: 'string', default: '10000' },
  filter: { type: 'string', default: '' },
  expect: { type: 'string' },
  update: { type: 'boolean', default: false },
  'no-check': { type: 'boolean', default: false },
  reasons: { type: 'string' },
  show: { type: 'string' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** @throws {Error} with a sentence for the user */
export function readOptions(argv, knownRuntimes) {
  const { values, positionals } = parseArgs({ args: argv, options: flags, allowPositionals: true });
  if (values.help) return { ...values, help: true };
  if (!values.wpt) throw new Error('--wpt=DIR is missing: a checkout of the Web Platform Tests');
  const runtimes = values.runtimes === 'all' ? knownRuntimes : values.runtimes.split(',');
  const unknown = runtimes.find((name) => !knownRuntimes.includes(name));
  if (unknown) throw new Error(`no runtime ${unknown}; there are ${knownRuntimes.join(', ')}`);
  const numbers = {};
  for (const name of ['parallel', 'timeout', 'reasons']) {
    if (values[name] === undefined) continue;
    numbers[name] = Number(values[name]);
    if (!(numbers[name] > 0)) throw new Error(`--${name} is a positive number`);
  }
  return { ...values, ...numbers, runtimes, paths: positionals };
}
