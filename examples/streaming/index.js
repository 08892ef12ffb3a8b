// A response whose body is made while it is being read: a countdown, one line at a time.
const encoder = new TextEncoder();

export default {
  async fetch(request, env, ctx) {
    const from = Math.min(Number(new URL(request.url).searchParams.get('from') ?? 3), 20);
    const { readable, writable } = new TransformStream();
    ctx.waitUntil(countDown(writable.getWriter(), from));
    return new Response(readable, { headers: { 'content-type': 'text/plain' } });
  },
};

async function countDown(writer, from) {
  for (let i = from; i > 0; i--) {
    await writer.write(encoder.encode(`${i}\n`));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await writer.write(encoder.encode('lift-off\n'));
  await writer.close();
}
