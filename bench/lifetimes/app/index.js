// Fills its isolate with what a leak would keep, then breaks its CPU limit: the isolate is thrown
// away, and the next request is a new one's first.
let requests = 0;
const kept = [];

export default {
  fetch(request) {
    if (new URL(request.url).pathname !== '/end') return new Response(`${requests}`);
    requests++;
    kept.push(new Uint8Array(1 << 20).fill(1));
    for (let i = 0; i < 1000; i++) kept.push({ i, text: `${i}`.repeat(50) });
    for (;;);
  },
};
