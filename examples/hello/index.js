// The smallest app: one handler that answers every request.
export default {
  async fetch(request) {
    return new Response(`Hello from nano! You asked for ${new URL(request.url).pathname}\n`);
  },
};
