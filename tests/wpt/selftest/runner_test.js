// The runner on tests of our own, with nano and with the engine's own Node as runtimes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const build = process.env.NANO_BUILD ?? path.join(here, '../../../build/release');
const work = mkdtempSync(path.join(tmpdir(), 'nano-wpt-selftest-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** Long enough for the busiest machine: a test that ends does not wait for it. */
function run(...args) {
  const all = [
    path.join(here, '../run.js'),
    `--wpt=${path.join(here, 'checkout')}`,
    `--build=${build}`,
    `--out=${work}`,
    '--timeout=60000',
    ...args,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  return { status, stdout, stderr };
}
const quick = ['basic', 'failing', 'throwing', 'variants', 'window_only'].map(
  (name) => `api/${name}.any.js`,
);
const expectations = path.join(work, 'expectations.json');
const readIt = () => JSON.parse(readFileSync(expectations, 'utf8'));

test('nano runs the tests and what passed is written down', () => {
  const { status, stdout, stderr } = run(`--expect=${expectations}`, '--update', ...quick, 'page');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^api +5 +66\.7 %$/m);
  assert.match(stdout, /^page +2 +100\.0 %$/m);
  assert.match(stdout, /^mean of all directories +7 +83\.3 %$/m);
  assert.match(stdout, /^mean of all files +7 +76\.2 %$/m);
  assert.match(stdout, /^subtests passed +14$/m);
  assert.deepEqual(readIt(), {
    'api/basic.any.js': [3, 3],
    'api/failing.any.js': [1, 3],
    'api/throwing.any.js': [0, 1],
    'api/variants.any.js?one': [1, 1],
    'api/variants.any.js?two': [1, 1],
    'page/location.any.js': [7, 7],
    'page/worker.worker.js': [1, 1],
  });
});

test('a kept result is not run again and its failures are shown', () => {
  const { stdout } = run('--resume', '--no-check', '--show=failing', '--reasons=3', ...quick);
  assert.match(stdout, /^api +5 +66\.7 %$/m);
  assert.match(stdout, /FAIL fails with what was expected: one expected "2" but got "1"/);
  assert.match(stdout, /1x FAIL: thrown "\.\.\." N/);
});

test('what passed before a test timed out counts', () => {
  const { stdout } = run('--timeout=300', '--no-check', '--show=endless', 'api/endless.any.js');
  assert.match(stdout, /api\/endless\.any\.js: TIMEOUT 1\/2/);
  assert.match(stdout, /TIMEOUT never ends/);
});

test('fewer passes than expected fail the run, more do not', () => {
  const check = (passed) => {
    writeFileSync(expectations, JSON.stringify({ 'api/failing.any.js': [passed, 3] }));
    return run(`--expect=${expectations}`, 'api/failing.any.js');
  };
  assert.equal(check(1).status, 0);
  const better = check(0);
  assert.equal(better.status, 0);
  assert.match(better.stderr, /better: api\/failing\.any\.js: 1 of 3, expected 0/);
  const worse = check(2);
  assert.equal(worse.status, 1);
  assert.match(worse.stderr, /WORSE: api\/failing\.any\.js: 1 of 3, expected 2/);
});

test('the total of a test is what any runtime saw', () => {
  writeFileSync(expectations, JSON.stringify({ 'api/throwing.any.js': [0, 4] }));
  const { stdout } = run(`--expect=${expectations}`, '--runtimes=node,nano', 'api/throwing.any.js');
  assert.match(stdout, /^subtests +4 +4$/m);
});

test('what is only in the mean of all does not count for a server', () => {
  const checkout = path.join(work, 'means');
  cpSync(path.join(here, 'checkout/resources'), path.join(checkout, 'resources'), {
    recursive: true,
  });
  mkdirSync(path.join(checkout, 'encoding'));
  const script = (name, text) => writeFileSync(path.join(checkout, 'encoding', name), text);
  script('passing.any.js', "test(() => {}, 'passes');");
  script('unsupported-encodings.any.js', "test(() => new XMLHttpRequest(), 'fails');");
  const { stdout } = run(`--wpt=${checkout}`, '--no-check', 'encoding');
  assert.match(stdout, /^mean of all files +2 +50\.0 %$/m);
  assert.match(stdout, /^mean of a server's directories +1 +100\.0 %$/m);
  assert.match(stdout, /^mean of a server's files +1 +100\.0 %$/m);
});

test('what no checkout has is supplied', () => {
  const { stdout, stderr } = run('--no-check', '--show=wasm', 'wasm');
  assert.match(stdout, /^wasm +1 +100\.0 %$/m, stdout + stderr);
});

test('what cannot be run is refused with a sentence', () => {
  for (const [args, message] of [
    [['--runtimes=nothing', 'api'], /no runtime nothing/],
    [['--filter=nothing', 'api'], /no test in .* fits/],
    [['--parallel=none', 'api'], /--parallel is a positive number/],
    [['nothing'], /ENOENT/],
    [[`--wpt=${here}`, 'api'], /selftest\/ is no checkout of WPT/],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.match(stderr, message);
  }
});

test('the stand-in server serves files, handlers and WebSockets to Node', () => {
  const { stdout, stderr } = run('--runtimes=node', '--show=net', 'net');
  assert.match(stdout, /^net +2 +100\.0 %$/m, stdout + stderr);
  assert.match(stderr, /the stand-in server has no \/nothing\/here\.py/);
});

test('the stand-in server serves nano, which trusts its certificate', () => {
  const { stdout, stderr } = run('--no-check', '--show=net', 'net/fetch.any.js');
  assert.match(stdout, /^net +1 +100\.0 %$/m, stdout + stderr);
});

test('a test that ends its process is a crash, and the next one runs', () => {
  const checkout = path.join(work, 'crash');
  cpSync(path.join(here, 'checkout/resources'), path.join(checkout, 'resources'), {
    recursive: true,
  });
  writeFileSync(path.join(checkout, 'a.any.js'), "test(() => process.exit(3), 'ends all');");
  writeFileSync(path.join(checkout, 'b.any.js'), "test(() => {}, 'passes');");
  writeFileSync(path.join(checkout, 'c.any.js'), "test(() => {}, 'no script';");
  const tests = ['a.any.js', 'b.any.js', 'c.any.js'];
  const { stdout } = run(`--wpt=${checkout}`, '--runtimes=node,nano', '--show=any', ...tests);
  assert.match(stdout, /node: a\.any\.js: CRASH 0\/0 exit code 3/);
  assert.match(stdout, /node: b\.any\.js: OK 1\/1/);
  assert.match(stdout, /node: c\.any\.js: CRASH 0\/0 exit code 1: .*SyntaxError/s);
  assert.match(stdout, /nano: b\.any\.js: OK 1\/1/);
  assert.match(stdout, /nano: c\.any\.js: CRASH 0\/0 deploy: SyntaxError/);
});
