// @ts-check
import { logs, ok, same, sleep, test } from './harness.js';

const lines = () => logs().map((entry) => entry.line);

test('each method has its level', () => {
  console.log('a');
  console.debug('b');
  console.info('c');
  console.warn('d');
  console.error('e');
  same(
    logs().map(({ level, line }) => [level, line]),
    [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
      [3, 'd'],
      [4, 'e'],
    ],
  );
});

test('arguments are joined by spaces, strings as they are', () => {
  console.log('a', 1, -0, 2n, true, null, undefined, Symbol('s'), { b: 'c' }, ['d']);
  console.log();
  console.log('');
  same(lines(), ["a 1 -0 2n true null undefined Symbol(s) { b: 'c' } [ 'd' ]", '', '']);
});

test('substitutes specifiers', () => {
  console.log('%s is %d years and %i, %f', 'Bob', 42.5, 42.5, '1.25', 'extra', { a: 1 });
  console.log('%o %O', { a: 1 }, [1]);
  console.log('%cstyled%c text', 'color: red', '');
  console.log('100% %% %x %s', 1, 2);
  console.log('%s %s', 'one');
  console.log('%%', 'only with arguments');
  console.log('%%');
  console.log({}, '%s', 1);
  same(lines(), [
    'Bob is 42.5 years and 42, 1.25 extra { a: 1 }',
    '{ a: 1 } [ 1 ]',
    'styled text',
    '100% % %x 1 2',
    'one %s',
    '% only with arguments',
    '%%',
    '{} %s 1',
  ]);
});

test('%s of every type', () => {
  const mine = { toString: () => 'mine' };
  for (const value of [null, undefined, 12n, -0, Symbol('x'), { a: { b: 1 } }, mine])
    console.log('%s', value);
  same(lines(), ['null', 'undefined', '12n', '-0', 'Symbol(x)', '{ a: [Object] }', 'mine']);
});

test('%d, %i and %f of what is no number', () => {
  console.log('%d %d %d', 'abc', 5n, {});
  console.log('%i %i', '12px', Symbol('x'));
  console.log('%f', 'abc');
  same(lines(), ['NaN 5n NaN', '12 NaN', 'NaN']);
});

test('assert speaks only when it fails', () => {
  console.assert(true, 'no');
  console.assert(false);
  console.assert(false, 'why %d', 5);
  console.assert(0, { a: 1 });
  console.assert();
  same(lines(), [
    'Assertion failed',
    'Assertion failed: why 5',
    'Assertion failed { a: 1 }',
    'Assertion failed',
  ]);
  same(logs()[0].level, 4);
});

test('counts by label', () => {
  console.count();
  console.count('x');
  console.count();
  console.countReset();
  console.count(undefined);
  console.countReset('nope');
  same(lines(), [
    'default: 1',
    'x: 1',
    'default: 2',
    'default: 1',
    "Count for 'nope' does not exist",
  ]);
  same(
    logs().map((entry) => entry.level),
    [2, 2, 2, 2, 3],
  );
});

test('measures time by label', async () => {
  console.time();
  console.time('slow');
  await sleep(5);
  console.timeLog('default', 'so far', { a: 1 });
  console.timeEnd();
  await sleep(2000);
  console.timeEnd('slow');
  console.timeEnd('slow');
  console.time('x');
  console.time('x');
  same(lines(), [
    'default: 5.000ms so far { a: 1 }',
    'default: 5.000ms',
    'slow: 2.005s',
    "No such label 'slow' for console.time()",
    "Label 'x' already exists for console.time()",
  ]);
});

test('labels are converted, and a conversion may throw', () => {
  const reason = new Error('label');
  const label = {
    toString() {
      throw reason;
    },
  };
  for (const name of ['count', 'countReset', 'time', 'timeLog', 'timeEnd']) {
    let thrown;
    try {
      console[name](label);
    } catch (error) {
      thrown = error;
    }
    same(thrown === reason, true, name);
  }
});

test('groups indent', () => {
  console.group('outer');
  console.log('a\nb');
  console.groupCollapsed();
  console.warn('deep');
  console.groupEnd();
  console.groupEnd();
  console.groupEnd();
  console.log('out');
  same(lines(), ['outer', '  a\n  b', '    deep', 'out']);
});

test('trace prints where it was called', () => {
  (function caller() {
    console.trace('here', 1);
  })();
  ok(/^Trace: here 1\n    at caller \(console_test\.js:/.test(lines()[0]), lines()[0]);
});

test('dir inspects, with a depth', () => {
  console.dir('text');
  console.dir({ a: { b: { c: {} } } }, { depth: 0 });
  console.dir({ a: { b: { c: { d: {} } } } }, { depth: null });
  console.dirxml('x', 1);
  same(lines(), ["'text'", '{ a: [Object] }', '{\n  a: { b: { c: { d: {} } } }\n}', 'x 1']);
});

test('table draws rows and columns', () => {
  console.table([
    { a: 1, b: 'x' },
    { a: 2, c: true },
  ]);
  console.table(['v']);
  console.table([{ a: 1, b: 2 }], ['b']);
  console.table(5);
  same(lines(), [
    '┌─────────┬───┬─────┬──────┐\n' +
      '│ (index) │ a │ b   │ c    │\n' +
      '├─────────┼───┼─────┼──────┤\n' +
      "│ 0       │ 1 │ 'x' │      │\n" +
      '│ 1       │ 2 │     │ true │\n' +
      '└─────────┴───┴─────┴──────┘',
    '┌─────────┬────────┐\n│ (index) │ Values │\n├─────────┼────────┤\n' +
      "│ 0       │ 'v'    │\n└─────────┴────────┘",
    '┌─────────┬───┐\n│ (index) │ b │\n├─────────┼───┤\n│ 0       │ 2 │\n└─────────┴───┘',
    '5',
  ]);
});

test('table draws the entries of a Map and of a Set', () => {
  console.table(new Map([['k', { v: 1 }]]));
  console.table(new Set(['v']));
  same(lines(), [
    '┌───────────────────┬─────┬──────────┐\n' +
      '│ (iteration index) │ Key │ Values   │\n' +
      '├───────────────────┼─────┼──────────┤\n' +
      "│ 0                 │ 'k' │ { v: 1 } │\n" +
      '└───────────────────┴─────┴──────────┘',
    '┌───────────────────┬────────┐\n' +
      '│ (iteration index) │ Values │\n' +
      '├───────────────────┼────────┤\n' +
      "│ 0                 │ 'v'    │\n" +
      '└───────────────────┴────────┘',
  ]);
});

test('%j is JSON, and %s of a function its text', () => {
  const circle = {};
  Object.assign(circle, { circle });
  console.log('%j %j %j', { a: [1] }, circle, undefined);
  console.log('%s', (a) => a);
  same(lines(), ['{"a":[1]} [Circular] undefined', '(a) => a']);
});

test('a huge line is cut before it reaches the host', () => {
  console.log('x'.repeat(1e6));
  console.log('%s'.repeat(1e4), ...Array(1e4).fill('y'.repeat(1000)));
  console.log(Array(1e5).fill({ a: { b: {} } }));
  for (const line of lines()) ok(line.length <= 8192, String(line.length));
});

test('methods need no receiver', () => {
  const { log, time, count } = console;
  log('free');
  time();
  count();
  same(lines(), ['free', 'default: 1']);
});

test('is a namespace object', () => {
  same(Object.prototype.toString.call(console), '[object console]');
  const prototype = Object.getPrototypeOf(console);
  same([Reflect.ownKeys(prototype), Object.getPrototypeOf(prototype)], [[], Object.prototype]);
  const tag = Object.getOwnPropertyDescriptor(console, Symbol.toStringTag);
  same(tag, { value: 'console', writable: false, enumerable: false, configurable: true });
  same(Object.keys(console).sort(), [
    'assert',
    'clear',
    'count',
    'countReset',
    'debug',
    'dir',
    'dirxml',
    'error',
    'group',
    'groupCollapsed',
    'groupEnd',
    'info',
    'log',
    'table',
    'time',
    'timeEnd',
    'timeLog',
    'trace',
    'warn',
  ]);
  for (const name of Object.keys(console)) same('prototype' in console[name], false, name);
});
