// The runner: see README.md, or --help.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, readExpectations, update, writeExpectations } from './expectations.js';
import { readOptions, usage } from './options.js';
import { formatFailures, formatReasons, formatTable } from './report.js';
import { makeResult, Results } from './results.js';
import { makeRuntime, runtimeNames } from './runtimes/index.js';
import { scoreTests, totalOf } from './score.js';
import { StandInServer } from './server/server.js';
import { listTests } from './test_list.js';
import { makeScript, scriptFileName } from './test_script.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
/** The folders that are run without a PATH, those in them that are not, what is no server's. */
const directories = (() => {
  const lists = JSON.parse(readFileSync(here('directories.json'), 'utf8'));
  const names = ['run', 'left out', 'in the mean of all only'];
  const [run, leftOut, ofBrowsers] = names.map((name) => Object.keys(lists[name]));
  return { run, leftOut, ofBrowsers };
})();
const say = (text) => process.stderr.write(`wpt: ${text}\n`);

/** A long test has three times as long; what is around a test has a margin. */
const timeoutOf = (test, options) => (test.isLong ? 3 * options.timeout : options.timeout);
const kMarginMs = 30_000;

async function runTest(test, { runtime, server, options, slot }) {
  const timeoutMs = timeoutOf(test, options);
  const text = await makeScript(test, server, timeoutMs);
  if (options.keep) {
    const folder = path.join(options.out, 'scripts');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, scriptFileName(test)), text);
  }
  const outcome = await runtime.run(test, text, { slot, timeoutMs: timeoutMs + kMarginMs });
  return makeResult(test, outcome);
}

/** Runs the tests that have no result yet, some at a time. */
async function runAll(tests, results, context) {
  const todo = tests.filter((test) => !results.has(test.id));
  let done = 0;
  let next = 0;
  const work = async (slot) => {
    while (next < todo.length) {
      const test = todo[next++];
      results.add(await runTest(test, { ...context, slot }));
      if (++done % 100 === 0) say(`${results.runtime}: ${done} of ${todo.length}`);
    }
  };
  await Promise.all(Array.from({ length: context.options.parallel }, (_, slot) => work(slot)));
}

/** On a busy machine a test may time out: what looks worse is run once more, alone. */
async function runAgain(tests, results, context, expectations) {
  const worse = new Set(compare(tests, results, expectations).worse.map(({ id }) => id));
  for (const test of tests.filter(({ id }) => worse.has(id))) {
    const before = results.get(test.id);
    const again = await runTest(test, { ...context, slot: 0 });
    if (again.passed > before.passed) results.add(again);
  }
}

async function runRuntime(name, tests, results, { options, expectations }) {
  const server = await new StandInServer(path.resolve(options.wpt)).start();
  const runtime = makeRuntime(name, options.build);
  try {
    await runtime.start(server);
    const context = { runtime, server, options };
    say(`${name}: ${tests.length} tests`);
    await runAll(tests, results, context);
    if (name === 'nano') await runAgain(tests, results, context, expectations);
    for (const unknown of server.unknownPaths) say(`the stand-in server has no ${unknown}`);
  } finally {
    await runtime.stop();
    await server.stop();
  }
}

/** Compares nano with the expectations. @returns whether nothing got worse */
function check(tests, results, expectations, options) {
  const { worse, better } = compare(tests, results, expectations);
  const list = (changes, word) =>
    changes.forEach(({ id, was, is, total }) =>
      say(`${word}: ${id}: ${is} of ${total}, expected ${was}`),
    );
  list(worse, 'WORSE');
  list(better, 'better');
  const unlisted = tests.filter((test) => results.has(test.id) && !expectations[test.id]).length;
  if (unlisted) say(`${unlisted} tests are not in ${options.expect}`);
  if (better.length || unlisted) say('--update writes what passes now');
  return worse.length === 0;
}

function finish(tests, allResults, options, expectations) {
  const total = (id) => totalOf(id, allResults, expectations);
  const isServers = ({ id }) => !directories.ofBrowsers.some((one) => id.startsWith(one));
  const score = (some) => scoreTests(some, allResults, expectations);
  console.log(formatTable(score(tests), score(tests.filter(isServers)), options.runtimes));
  for (const results of allResults) {
    if (options.reasons) {
      console.log(
        `\n${results.runtime}\n${formatReasons(tests, results, { limit: options.reasons, totalOf: total })}`,
      );
    }
    if (options.show) {
      const shown = tests.filter(({ id }) => id.includes(options.show) && results.has(id));
      for (const { id } of shown)
        console.log(`\n${results.runtime}: ${formatFailures(results.get(id))}`);
    }
  }
  const nano = allResults.find((results) => results.runtime === 'nano');
  if (!nano) return true;
  if (options.update) {
    writeExpectations(options.expect, update(tests, nano, expectations, total));
    say(`wrote ${options.expect}`);
    return true;
  }
  return options['no-check'] || check(tests, nano, expectations, options);
}

async function main() {
  const options = readOptions(process.argv.slice(2), runtimeNames);
  if (options.help) {
    console.log(usage);
    return true;
  }
  if (!existsSync(path.join(options.wpt, 'resources/testharness.js'))) {
    throw new Error(`${options.wpt} is no checkout of WPT: it has no resources/testharness.js`);
  }
  options.expect ??= here('expectations.json');
  const listed = listTests(options.wpt, options.paths.length ? options.paths : directories.run);
  const isLeftOut = (id) => directories.leftOut.some((one) => id.startsWith(`${one}/`));
  const tests = listed.tests.filter(
    ({ id }) => id.includes(options.filter) && (options.paths.length > 0 || !isLeftOut(id)),
  );
  if (tests.length === 0) throw new Error(`no test in ${options.wpt} fits`);
  say(`${tests.length} tests; ${listed.leftOut.length} left out (README.md says which)`);
  const expectations = readExpectations(options.expect);
  const allResults = [];
  for (const name of options.runtimes) {
    const results = new Results(options.out, name);
    if (options.resume || options.report) results.load();
    else results.clear();
    allResults.push(results);
    if (!options.report) await runRuntime(name, tests, results, { options, expectations });
  }
  return finish(tests, allResults, options, expectations);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  say(error.message);
  if (process.env.NANO_WPT_DEBUG) console.error(error);
  process.exitCode = 2;
}
