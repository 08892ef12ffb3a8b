// @ts-check
// WebAssembly, https://webassembly.github.io/spec/js-api/ and its web API: what is ours of it. Here an
// app may compile bytes; worker/codegen_test.cc has those that may not.

import { ok, outbound, rejects, same, test, throws } from './harness.js';

// (module (func (export "run") (result i32) (i32.const 42)))
const kAnswers = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75,
  0x6e, 0, 0, 10, 6, 1, 4, 0, 0x41, 42, 0x0b,
]);
// (module (memory (export "memory") 1 1 shared))
const kShared = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 4, 1, 3, 1, 1, 7, 10, 1, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72,
  0x79, 2, 0,
]);
const kBroken = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99]);

const wasm = /** @type {any} */ (WebAssembly);
const response = (bytes = kAnswers, type = 'application/wasm', status = 200) =>
  new Response(bytes, { status, headers: { 'Content-Type': type } });

test('bytes are compiled in every way', async () => {
  const module = new WebAssembly.Module(kAnswers);
  ok(module instanceof WebAssembly.Module);
  same(Object.prototype.toString.call(module), '[object WebAssembly.Module]');
  same(wasm.Module.exports(module), [{ name: 'run', kind: 'function' }]);
  ok((await WebAssembly.compile(kAnswers.buffer)) instanceof WebAssembly.Module);
  const both = await WebAssembly.instantiate(kAnswers);
  same([Object.keys(both), both.instance.exports.run()], [['module', 'instance'], 42]);
  const instance = await WebAssembly.instantiate(module, {});
  ok(instance instanceof WebAssembly.Instance);
  same(WebAssembly.validate(kBroken), false);
});

test('a response is compiled', async () => {
  same(wasm.Module.exports(await wasm.compileStreaming(response()))[0].name, 'run');
  const { instance } = await wasm.instantiateStreaming(Promise.resolve(response()));
  same(instance.exports.run(), 42);
  const upper = response(kAnswers, ' APPLICATION/wasm\t');
  ok((await wasm.compileStreaming(upper)) instanceof WebAssembly.Module);
  ok(upper.bodyUsed);
});

test('what is no WebAssembly response is refused', async () => {
  const { compileStreaming: compile } = wasm;
  await rejects(TypeError, () => compile(), 'must be a Response');
  await rejects(TypeError, () => compile(kAnswers));
  await rejects(TypeError, () => compile(Promise.resolve({})));
  for (const type of ['application/wasm;charset=x', 'application/wasm2', 'text/plain', '', '"']) {
    await rejects(TypeError, () => compile(response(kAnswers, type)), 'expected application/wasm');
  }
  await rejects(TypeError, () => compile(new Response(kAnswers)), '(none)');
  await rejects(TypeError, () => compile(response(kAnswers, 'application/wasm', 404)), '404');
  await rejects(TypeError, () => compile(Response.error()));
  const used = response();
  await used.text();
  await rejects(TypeError, () => compile(used));
  const reason = new RangeError('as it is');
  await rejects(reason, () => compile(Promise.reject(reason)));
  await rejects(WebAssembly.CompileError, () => compile(response(kBroken)));
  await rejects(WebAssembly.CompileError, () => compile(response(new Uint8Array(0))));
  await rejects(TypeError, () => wasm.instantiateStreaming(response(), 5));
});

test('who aborts the fetch gets the reason, whatever came of it', async () => {
  const headers = { 'content-type': 'application/wasm' };
  const answers = [
    { headers, body: kAnswers },
    { headers, body: [kAnswers.slice(0, 8), undefined] },
    { status: 404, body: 'not found' },
  ];
  for (const method of ['compileStreaming', 'instantiateStreaming']) {
    for (const answer of answers) {
      outbound(() => answer);
      const controller = new AbortController();
      const { signal } = controller;
      const given = await fetch('https://up.test/', { signal });
      const before = wasm[method](given);
      const reason = new RangeError('enough');
      controller.abort(reason);
      await rejects(reason, () => before);
    }
    await rejects('AbortError', () =>
      wasm[method](fetch('https://up.test/', { signal: AbortSignal.abort() })),
    );
  }
});

test('the content type is that of the response, whatever a program put on Headers', async () => {
  const other = response(kAnswers, 'text/plain');
  Headers.prototype.get = () => 'application/wasm';
  await rejects(TypeError, () => wasm.compileStreaming(other));
});

test('errors are those of the function that was called', async () => {
  throws(WebAssembly.CompileError, () => new WebAssembly.Module(kBroken), 'WebAssembly.Module()');
  await rejects(WebAssembly.CompileError, () => WebAssembly.compile(kBroken), 'compile()');
  await rejects(WebAssembly.CompileError, () => WebAssembly.instantiate(kBroken), 'instantiate()');
  for (const value of [undefined, null, 5, '', {}, []]) {
    throws(TypeError, () => new WebAssembly.Module(/** @type {any} */ (value)));
    await rejects(TypeError, () => WebAssembly.compile(/** @type {any} */ (value)));
    await rejects(TypeError, () => WebAssembly.instantiate(/** @type {any} */ (value)));
  }
  throws(TypeError, () => wasm.Module(kAnswers), "with 'new'");
  const gone = kAnswers.slice().buffer;
  structuredClone(gone, { transfer: [gone] });
  throws(WebAssembly.CompileError, () => new WebAssembly.Module(gone));
});

test('no memory is shared', async () => {
  const parameters = { initial: 1, maximum: 1, shared: true };
  throws(TypeError, () => new WebAssembly.Memory(parameters), 'shared');
  throws(WebAssembly.CompileError, () => new WebAssembly.Module(kShared), 'shared');
  await rejects(WebAssembly.CompileError, () => WebAssembly.compile(kShared), 'shared');
  await rejects(WebAssembly.CompileError, () => WebAssembly.instantiate(kShared), 'shared');
  await rejects(WebAssembly.CompileError, () => wasm.compileStreaming(response(kShared)), 'shared');
});

test('what is compiled is what was there at the call', () => {
  const bytes = kAnswers.slice();
  const options = {
    get builtins() {
      bytes.set(kShared);
      return [];
    },
  };
  const Module = /** @type {any} */ (WebAssembly.Module);
  same(WebAssembly.Module.exports(new Module(bytes, options))[0].name, 'run');
});

test('a buffer that is filled while its module is made is the empty one that it was', () => {
  const buffer = new ArrayBuffer(0, { maxByteLength: 64 });
  const view = new Uint8Array(buffer);
  class Late extends WebAssembly.Module {}
  const newTarget = new Proxy(Late, {
    get(target, key, receiver) {
      buffer.resize(kShared.length);
      view.set(kShared);
      return Reflect.get(target, key, receiver);
    },
  });
  for (const source of [buffer, view]) {
    buffer.resize(0);
    throws(WebAssembly.CompileError, () =>
      Reflect.construct(WebAssembly.Module, [source], newTarget),
    );
    same(view.length, kShared.length);
  }
});

test('a subclass of Module is one', () => {
  class Mine extends WebAssembly.Module {}
  const mine = new Mine(kAnswers);
  ok(mine instanceof Mine && mine instanceof WebAssembly.Module);
  same(new WebAssembly.Instance(mine).exports.run(), 42);
  same(WebAssembly.Module.prototype.constructor, WebAssembly.Module);
});

test('a view of a part of its buffer is that part', () => {
  const wide = new Uint8Array(kAnswers.length + 20);
  wide.set(kAnswers, 7);
  ok(new WebAssembly.Module(wide.subarray(7, 7 + kAnswers.length)));
  ok(new WebAssembly.Module(new DataView(wide.buffer, 7, kAnswers.length)));
});

test('the namespace has the descriptors of Web IDL', () => {
  const operations = [
    'compile',
    'compileStreaming',
    'instantiate',
    'instantiateStreaming',
    'validate',
  ];
  for (const name of operations) {
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(
      wasm,
      name,
    );
    same([value.name, value.length, 'prototype' in value], [name, 1, false], name);
    same([writable, enumerable, configurable], [true, true, true], name);
  }
  for (const name of ['Module', 'Instance', 'Memory', 'Table', 'Global', 'Tag', 'Exception']) {
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(
      wasm,
      name,
    );
    same([value.name, value.length], [name, name === 'Exception' ? 2 : 1], name);
    same([writable, enumerable, configurable], [true, false, true], name);
    const prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
    same([prototype.writable, prototype.enumerable, prototype.configurable], [false, false, false]);
    const tag = Object.getOwnPropertyDescriptor(value.prototype, Symbol.toStringTag);
    same([tag.value, tag.writable, tag.configurable], [`WebAssembly.${name}`, false, true], name);
  }
  for (const name of ['exports', 'imports', 'customSections']) {
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(
      WebAssembly.Module,
      name,
    );
    same([typeof value, writable, enumerable, configurable], ['function', true, true, true], name);
  }
});

// (module (import "m" "f" (func (param i32) (result i32)))
//   (func (export "run") (param i32) (result i32) local.get 0 call 0))
const kWaits = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0,
  3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 1, 10, 8, 1, 6, 0, 0x20, 0, 0x10, 0, 0x0b,
]);
const waitingFor = (f) =>
  new WebAssembly.Instance(new WebAssembly.Module(kWaits), { m: { f: new wasm.Suspending(f) } })
    .exports.run;

test('a promising function waits, and is one of its own', async () => {
  const run = waitingFor(async (number) => number * 2);
  const waiting = wasm.promising(run);
  same([waiting.name, waiting.length], [/** @type {any} */ (run).name, 1]);
  same(Object.getOwnPropertyDescriptor(waiting, 'name'), {
    ...Object.getOwnPropertyDescriptor(run, 'name'),
  });
  ok(Object.getPrototypeOf(waiting) === Function.prototype && waiting !== wasm.promising(run));
  const answer = waiting(21);
  ok(answer instanceof Promise);
  same(await answer, 42);
  same(await waiting({ valueOf: () => 4 }, 'too many'), 8);
  throws(TypeError, () => new waiting(1));
  throws(TypeError, () => waiting(Symbol()));
  await rejects(RangeError, () =>
    wasm.promising(waitingFor(() => Promise.reject(RangeError())))(1),
  );
});

test('promising() takes functions of WebAssembly only', () => {
  const { promising } = wasm;
  same([promising.name, promising.length, 'prototype' in promising], ['promising', 1, false]);
  throws(TypeError, () => promising(), 'WebAssembly.promising()');
  throws(TypeError, () => promising(() => 1), 'WebAssembly exported function');
  throws(TypeError, () => promising(promising(waitingFor(() => 1))));
  throws(TypeError, () => new promising(waitingFor(() => 1)));
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  throws(TypeError, () => table.set(0, promising(waitingFor(() => 1))));
});
