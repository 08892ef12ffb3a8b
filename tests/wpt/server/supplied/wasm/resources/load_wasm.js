// Stands in for WPT's: /wasm/incrementer.wasm, compiled.

async function createWasmModule() {
  const response = await fetch('/wasm/incrementer.wasm');
  return WebAssembly.compile(await response.arrayBuffer());
}
