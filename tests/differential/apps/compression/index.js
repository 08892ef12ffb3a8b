// CompressionStream and DecompressionStream.

import { attemptEach, attempts, caseApp } from '../../case_app.js';

const kFormats = ['gzip', 'deflate', 'deflate-raw', 'brotli', 'br', 'zstd', 'GZIP', 'none'];
const through = (bytes, stream) =>
  new Response(new Blob([bytes]).stream().pipeThrough(stream)).bytes();
const kGzip = Uint8Array.fromBase64('H4sIAAAAAAAAA0tMSgYAwkEkNQMAAAA=');

export default caseApp({
  roundTrip: () =>
    attemptEach(
      kFormats,
      async (format) =>
        new TextDecoder().decode(
          await through(
            await through('abc'.repeat(1000), new CompressionStream(format)),
            new DecompressionStream(format),
          ),
        ).length,
    ),
  compress: () =>
    attemptEach(
      ['gzip', 'deflate', 'deflate-raw'],
      async (format) => (await through('abc'.repeat(10), new CompressionStream(format))).length > 0,
    ),
  decompress: () =>
    attempts({
      gzip: async () =>
        new TextDecoder().decode(await through(kGzip, new DecompressionStream('gzip'))),
      cut: () => through(kGzip.slice(0, 15), new DecompressionStream('gzip')),
      trailing: () => through(new Uint8Array([...kGzip, 1]), new DecompressionStream('gzip')),
      broken: () => through(new Uint8Array(20), new DecompressionStream('gzip')),
      nothing: () => through(new Uint8Array(0), new DecompressionStream('gzip')),
      checksum: () => {
        const bytes = kGzip.slice();
        bytes[bytes.length - 6] ^= 1;
        return through(bytes, new DecompressionStream('gzip'));
      },
    }),
  chunks: () =>
    attempts({
      string: async () => {
        const one = new CompressionStream('gzip');
        const writer = one.writable.getWriter();
        const reading = new Response(one.readable).bytes().catch((e) => e);
        const wrote = await writer.write('text').catch((e) => e);
        return [
          wrote,
          await Promise.race([
            reading.then((b) => b instanceof Error),
            new Promise((r) => setTimeout(r, 20, 'pending')),
          ]),
        ];
      },
      none: () => new CompressionStream(),
    }),
});
