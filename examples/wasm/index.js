// WebAssembly: the import is a compiled module, as on Workers.
import fibonacci from './fibonacci.wasm';

const { exports } = new WebAssembly.Instance(fibonacci);

export default {
  fetch(request) {
    const n = Number(new URL(request.url).searchParams.get('n') ?? 10);
    if (!Number.isInteger(n) || n < 0 || n > 90) {
      return new Response('n must be a whole number from 0 to 90\n', { status: 400 });
    }
    return new Response(`fibonacci(${n}) = ${exports.fibonacci(n)}\n`);
  },
};
