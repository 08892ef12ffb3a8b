// node:util and node:util/types.

import { builtinModule, logs, ok, rejects, same, sleep, test, throws } from './harness.js';

const { default: util, inspect, format, types } = builtinModule('node:util');

test('inspect() prints as deep as it is told', () => {
  const value = { a: { b: { c: { d: 1 } } } };
  same(inspect(value, { depth: 0 }), '{ a: [Object] }');
  same(inspect(value, { depth: null }), '{\n  a: { b: { c: { d: 1 } } }\n}');
  same(inspect(new Map([[1, { a: 'x' }]])), "Map(1) { 1 => { a: 'x' } }");
  same(inspect([1, [2, [3, [4, [5]]]]], false, 1), '[ 1, [ 2, [Array] ] ]');
});

test("inspect() prints a value in the program's own way", () => {
  class Point {
    [inspect.custom](depth, options, print) {
      return `Point<${print(1, options)}>`;
    }
  }
  same(inspect(new Point()), 'Point<1>');
  same(inspect({ p: new Point() }), '{ p: Point<1> }');
  same(inspect(new Point(), { customInspect: false }), 'Point {}');
  same(inspect.custom, Symbol.for('nodejs.util.inspect.custom'));
});

test('format() replaces what begins with %', () => {
  same(format('%s %d %i %f', 'a', '1.5', 1.7, '2.5'), 'a 1.5 1 2.5');
  same(format('%j %O %%', { a: 1 }, { b: 2 }), '{"a":1} { b: 2 } %');
  same(format('a', 'b', { c: 1 }), 'a b { c: 1 }');
  same(format(1, 'b'), '1 b');
  same(format('%s %s', 'x'.repeat(20000), 'y').length, 20002);
  same(format('%d', 5n), '5n');
  same(format('%s', { toString: () => 'mine' }), 'mine');
});

test('callbacks become promises and promises callbacks', async () => {
  const divide = (a, b, done) => (b === 0 ? done(new Error('by zero')) : done(null, a / b));
  same(await util.promisify(divide)(6, 3), 2);
  await rejects(Error, util.promisify(divide)(1, 0), 'by zero');
  const custom = () => {};
  custom[util.promisify.custom] = async () => 'own';
  same(await util.promisify(custom)(), 'own');
  same(await util.promisify(setTimeout)(1, 'later'), 'later');
  const seen = [];
  util.callbackify(async (x) => x * 2)(4, (error, value) => seen.push(error, value));
  util.callbackify(async () => Promise.reject(new Error('no')))((error) =>
    seen.push(error.message),
  );
  await sleep();
  same(seen, [null, 8, 'no']);
});

test('types tells what a value is', () => {
  ok(types.isPromise(Promise.resolve()) && !types.isPromise({ then() {} }));
  ok(types.isMap(new Map()) && types.isDate(new Date()) && types.isRegExp(/x/));
  ok(types.isProxy(new Proxy({}, {})) && types.isNativeError(new TypeError()));
  ok(types.isAsyncFunction(async () => {}) && !types.isAsyncFunction(() => {}));
  ok(types.isGeneratorFunction(function* () {}) && types.isGeneratorObject((function* () {})()));
  ok(types.isUint8Array(Buffer.alloc(1)) && !types.isUint8Array(new Int8Array(1)));
  ok(
    types.isTypedArray(new Float64Array(1)) &&
      !types.isTypedArray(new DataView(new ArrayBuffer(1))),
  );
  ok(
    types.isBoxedPrimitive(Object(1n)) &&
      types.isStringObject(Object('')) &&
      !types.isNumberObject(1),
  );
  ok(types.isAnyArrayBuffer(new ArrayBuffer(1)) && types.isArrayBufferView(new Uint8Array(1)));
  ok(builtinModule('node:util/types').default === types);
});

test('values are compared by what they hold', () => {
  const equal = util.isDeepStrictEqual;
  ok(equal({ a: [1, new Set([{ b: 1 }])] }, { a: [1, new Set([{ b: 1 }])] }));
  ok(!equal({ a: 1 }, { a: '1' }) && !equal([1], { 0: 1 }) && !equal(0, -0) && equal(NaN, NaN));
  ok(equal(new Map([[{ k: 1 }, 'v']]), new Map([[{ k: 1 }, 'v']])));
  ok(!equal(new Date(1), new Date(2)) && equal(/a/g, /a/g) && !equal(/a/g, /a/i));
  ok(equal(Buffer.from('a'), Buffer.from('a')) && !equal(Buffer.from('a'), new Uint8Array([97])));
  const cycle = () => {
    const object = { x: 1 };
    object.self = object;
    return object;
  };
  ok(equal(cycle(), cycle()));
});

test('a deprecated function says so once', () => {
  const old = util.deprecate((x) => x + 1, 'old() is old', 'DEP9');
  same([old(1), old(2)], [2, 3]);
  if (logs().length > 0)
    same(
      logs().map(({ line }) => line),
      ['(node) [DEP9] DeprecationWarning: old() is old'],
    );
});

test('arguments of a command line are parsed', () => {
  const { values, positionals } = util.parseArgs({
    args: ['-f', '--name=x', 'file', '--list', 'a', '--list', 'b', '--', '-z'],
    options: {
      force: { type: 'boolean', short: 'f' },
      name: { type: 'string' },
      list: { type: 'string', multiple: true },
      quiet: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  same({ ...values }, { force: true, name: 'x', list: ['a', 'b'], quiet: false });
  same(positionals, ['file', '-z']);
  throws(TypeError, () => util.parseArgs({ args: ['--nope'] }), "Unknown option '--nope'");
});

test('the small ones', () => {
  same(util.stripVTControlCharacters('\u001b[31mred\u001b[39m'), 'red');
  same(util.styleText('red', 'x', { validateStream: false }), '\u001b[31mx\u001b[39m');
  same(util.toUSVString('a\ud800'), 'a\ufffd');
  same(
    { ...util.parseEnv('A=1\n# no\nB="x y"\nexport C=\'z\' # c') },
    { A: '1', B: 'x y', C: 'z' },
  );
  same(util.getSystemErrorName(-2), 'ENOENT');
  const type = new util.MIMEType('text/html; charset="utf-8"');
  same(
    [type.essence, type.params.get('charset'), String(type)],
    ['text/html', 'utf-8', 'text/html;charset=utf-8'],
  );
  throws(TypeError, () => util.inherits(class {}, 1));
});
