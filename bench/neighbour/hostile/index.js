// The tenant beside it: harm at a path each, the same for both servers.
const harmful = {
  '/spin'() {
    for (;;);
  },
  '/heap'() {
    const all = [];
    for (;;) all.push(new Array(100).fill({ a: all.length }));
  },
  '/buffers'() {
    const all = [];
    for (;;) all.push(new Uint8Array(1 << 20).fill(1));
  },
  '/log'() {
    const line = 'x'.repeat(1000);
    for (;;) console.log(line);
  },
  '/crash'() {
    'a'.repeat(2 ** 28).split('');
  },
};

export default {
  fetch(request) {
    const act = harmful[new URL(request.url).pathname];
    if (act) act();
    return new Response('fine\n');
  },
};
