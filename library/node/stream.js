// node:stream: the package `readable-stream`, with what leads from and to the standard's streams.

// The package itself exports Readable; in Node.js the module is what old streams inherit from.
const stream = require('../node_modules/readable-stream/lib/stream.js');
const adapters = require('nano:stream_web');

const { Readable, Writable, Duplex } = stream;
Object.assign(Readable, { fromWeb: adapters.readableFromWeb, toWeb: adapters.readableToWeb });
Object.assign(Writable, { fromWeb: adapters.writableFromWeb, toWeb: adapters.writableToWeb });
Object.assign(Duplex, { fromWeb: adapters.duplexFromWeb, toWeb: adapters.duplexToWeb });
adapters.connect(stream);
// As Node.js has it by now.
stream.setDefaultHighWaterMark(false, 65536);
// The bundler had to call them something else.
for (const name of ['Stream', 'Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough']) {
  Object.defineProperty(stream[name], 'name', { configurable: true, value: name });
}

module.exports = Object.assign(stream, {
  Stream: stream,
  duplexPair() {
    const sides = [undefined, undefined];
    const make = (other) =>
      new Duplex({
        read() {
          const done = this.written;
          this.written = undefined;
          done?.();
        },
        write(chunk, encoding, done) {
          sides[other].written = done;
          sides[other].push(chunk);
        },
        final(done) {
          sides[other].push(null);
          done();
        },
      });
    sides[0] = make(1);
    sides[1] = make(0);
    return sides;
  },
  getDefaultHighWaterMark:
    stream.getDefaultHighWaterMark ?? ((isObject) => (isObject ? 16 : 64 * 1024)),
  isDestroyed: stream.isDestroyed ?? ((one) => one.destroyed),
});
