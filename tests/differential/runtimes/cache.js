// The service that workerd asks for what apps put into caches: it has none of its own. A PUT carries
// an answer as HTTP writes it; a GET that finds none is answered 504.

const kept = new Map();

const latin = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** @returns {{status: number, headers: [string, string][], body: Uint8Array}} */
function parse(bytes) {
  const text = latin(bytes);
  const end = text.indexOf('\r\n\r\n');
  const [first, ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 2),
  ]);
  const isChunked = headers.some(
    ([name, value]) => /^transfer-encoding$/i.test(name) && /chunked/i.test(value),
  );
  let rest = text.slice(end + 4);
  if (isChunked) {
    let whole = '';
    for (;;) {
      const size = parseInt(rest, 16);
      if (!size) break;
      const at = rest.indexOf('\r\n') + 2;
      whole += rest.slice(at, at + size);
      rest = rest.slice(at + size + 2);
    }
    rest = whole;
  }
  return {
    status: Number(first.split(' ')[1]),
    headers: headers.filter(([name]) => !/^(?:transfer-encoding|content-length)$/i.test(name)),
    body: Uint8Array.from(rest, (char) => char.charCodeAt(0)),
  };
}

export default {
  async fetch(request) {
    const key = `${request.cf?.cacheName ?? ''} ${request.headers.get('cf-cache-namespace') ?? ''} ${request.url}`;
    if (request.method === 'PUT') {
      kept.set(key, parse(await request.bytes()));
      return new Response(null, { status: 204 });
    }
    if (request.method === 'PURGE')
      return new Response(null, { status: kept.delete(key) ? 200 : 404 });
    const found = kept.get(key);
    if (!found) return new Response(null, { status: 504, headers: { 'cf-cache-status': 'MISS' } });
    const headers = [...found.headers, ['cf-cache-status', 'HIT']];
    return new Response(found.body, { status: found.status, headers });
  },
};
