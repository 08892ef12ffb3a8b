// node:process, and the globals of Node.js.

import { builtinModule, callEntryPoint, logs, ok, same, sleep, test, throws } from './harness.js';

test('the global process is the one of node:process', () => {
  ok(builtinModule('node:process').default === process);
  same(String(process), '[object process]');
  same([process.platform, process.argv.length, process.cwd()], ['linux', 1, '/']);
  ok(/^v\d+\./.test(process.version) && process.version.slice(1) === process.versions.node);
});

test("process.env has the app's texts, and can be written to", () => {
  callEntryPoint('makeEnv', ['NAME', 0, 'value', 'LIST', 1, '[1]', 'OTHER', 2, 'app']);
  same(process.env, { NAME: 'value', LIST: '[1]' });
  process.env.MORE = 'x';
  same(process.env.MORE, 'x');
  process.env.NUMBER = 42;
  same(process.env.NUMBER, '42');
});

test('a listener added by once() is called once, and streams of output give themselves', () => {
  let calls = 0;
  const listener = () => calls++;
  process.once('told', listener);
  process.emit('told');
  process.emit('told');
  same(calls, 1);
  process.once('told', listener).off('told', listener);
  process.emit('told');
  same(calls, 1);
  ok(process.stdout.on('drain', listener) === process.stdout);
});

test('nextTick and setImmediate run later, in this order', async () => {
  const seen = [];
  setImmediate((value) => seen.push(value), 'immediate');
  process.nextTick((value) => seen.push(value), 'tick');
  const cancelled = setImmediate(() => seen.push('never'));
  clearImmediate(cancelled);
  seen.push('now');
  await sleep(1);
  same(seen, ['now', 'tick', 'immediate']);
  throws(TypeError, () => process.nextTick('x'));
});

test('time is measured', () => {
  const [seconds, nanos] = process.hrtime();
  ok(seconds >= 0 && nanos >= 0 && nanos < 1e9);
  same(process.hrtime(process.hrtime())[0], 0);
  same(typeof process.hrtime.bigint(), 'bigint');
  ok(process.uptime() >= 0);
});

test("what is written to stdout, stderr and as a warning is in the app's log", () => {
  process.stdout.write('out\n');
  process.stderr.write(new TextEncoder().encode('err'));
  process.emitWarning('old', 'DeprecationWarning', 'DEP1');
  same(
    logs().map(({ level, line }) => [level, line]),
    [
      [0, 'out'],
      [4, 'err'],
      [3, '(node) [DEP1] DeprecationWarning: old'],
    ],
  );
});

test('what an app cannot do is refused by a sentence', () => {
  throws(Error, () => process.exit(1), 'process.exit is not available on nano');
  throws(Error, () => process.chdir('/'), 'apps have no file system');
});

test('listeners are kept, and called by emit only', () => {
  const seen = [];
  ok(process.on('exit', (code) => seen.push(code)) === process);
  same(process.listenerCount('exit'), 1);
  process.emit('exit', 3);
  same(seen, [3]);
  process.removeAllListeners('exit');
  same(process.emit('exit', 4), false);
});

test('global is globalThis', () => {
  ok(global === globalThis);
});

test('reading a global makes it a plain property, as the others', () => {
  const { value, writable, configurable, enumerable } = Object.getOwnPropertyDescriptor(
    globalThis,
    'Buffer',
  );
  ok(value === Buffer && writable && configurable && !enumerable);
  globalThis.process = 1;
  same(process, 1);
});
