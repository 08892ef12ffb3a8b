// META: script=/wasm/resources/load_wasm.js

promise_test(async () => {
  const { exports } = await WebAssembly.instantiate(await createWasmModule());
  assert_equals(exports.increment(41), 42);
}, 'a module that no checkout has');
