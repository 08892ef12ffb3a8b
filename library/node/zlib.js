// node:zlib over the coders of CompressionStream.

const { check, invalidArgType, notAvailable, withCode } = require('nano:errors');
const { constants } = require('nano:zlib_constants');
const { Coding, kNoBytes } = require('nano:zlib_coding');
const { callable } = require('nano:callable');
const { Transform } = require('node:stream');

const kMaxLength = require('node:buffer').kMaxLength;

function toBytes(data) {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw invalidArgType(
    'buffer',
    ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'],
    data,
  );
}

/** The most bytes that may come out. */
function checkOptions({ dictionary, maxOutputLength = kMaxLength, level }, name) {
  if (dictionary !== undefined)
    throw notAvailable(`node:zlib: the option dictionary of ${name}`, 'its coders have none');
  check.integer(maxOutputLength, 'options.maxOutputLength', 1, kMaxLength);
  if (level !== undefined && /^(Gzip|Deflate)/.test(name))
    check.integer(level, 'options.level', -1, 9);
  return maxOutputLength;
}

const allowsCut = ({ finishFlush, flush }) =>
  finishFlush === constants.Z_SYNC_FLUSH || flush === constants.Z_SYNC_FLUSH;

/** How well it compresses, on the scale of the format; undefined where nothing was said. */
function levelOf({ level, params }, format) {
  const { BROTLI_PARAM_QUALITY: quality, ZSTD_c_compressionLevel: zstdLevel } = constants;
  if (format === 'brotli') return params?.[quality];
  return format === 'zstd' ? params?.[zstdLevel] : level;
}

const codingOptions = (options, format) => ({
  allowsCut: allowsCut(options),
  level: levelOf(options, format),
});

/** Z_SYNC_FLUSH, Z_FULL_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush. */
function isFlush(kind, format) {
  if (format === 'brotli' || format === 'zstd') return kind === 1;
  return kind === constants.Z_SYNC_FLUSH || kind === constants.Z_FULL_FLUSH;
}

/** An empty chunk with it asks for what has been taken. */
const kFlushes = Symbol('flushes');

/** One chunk's pieces, as long as the reader wants them; the rest waits for its next read. */
class ZlibBase extends Transform {
  #coding;
  #maxLength;
  #length = 0;
  #waiting;
  #flushesAlways;
  bytesWritten = 0;

  constructor(name, format, compresses, options = {}) {
    super({
      ...options,
      decodeStrings: true,
      readableObjectMode: false,
      writableObjectMode: false,
    });
    this.#maxLength = checkOptions(options, name);
    this.#coding = new Coding(format, compresses, codingOptions(options, format));
    this.#flushesAlways = compresses && isFlush(options.flush, format);
  }

  #pump(pieces, done) {
    try {
      for (let next = pieces.next(); !next.done; next = pieces.next()) {
        this.#length += next.value.length;
        if (this.#length > this.#maxLength) throw tooLarge(this.#maxLength);
        if (!this.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length))) {
          this.#waiting = () => this.#pump(pieces, done);
          return;
        }
      }
    } catch (error) {
      done(error);
      return;
    }
    done();
  }

  _read(size) {
    const goOn = this.#waiting;
    if (goOn === undefined) return super._read(size);
    this.#waiting = undefined;
    goOn();
  }

  _transform(chunk, encoding, done) {
    this.bytesWritten += chunk.length;
    const flushes = this.#flushesAlways || chunk[kFlushes] === true;
    this.#pump(this.#coding.run(toBytes(chunk), false, flushes), done);
  }

  _flush(done) {
    this.#pump(this.#coding.run(kNoBytes, true), done);
  }

  _destroy(error, done) {
    this.#coding.close();
    this.#waiting = undefined;
    done(error);
  }

  /** Writes out what has been taken, behind what is written already. */
  flush(kind, callback) {
    const done = typeof kind === 'function' ? kind : callback;
    if (this.writableEnded || this.destroyed) {
      if (done) process.nextTick(done);
      return;
    }
    const mark = Buffer.alloc(0);
    mark[kFlushes] = true;
    this.write(mark, undefined, done);
  }

  params(level, strategy, callback) {
    if (callback) process.nextTick(callback);
  }

  reset() {
    throw notAvailable('node:zlib: reset', 'make another stream');
  }

  close(callback) {
    if (callback) this.once('close', callback);
    this.destroy();
  }
}

function tooLarge(most) {
  return withCode(
    RangeError,
    'ERR_BUFFER_TOO_LARGE',
    `Cannot create a Buffer larger than ${most} bytes`,
  );
}

function codeAll(kind, data, options = {}) {
  const most = checkOptions(options, kind.name);
  const coding = new Coding(kind.format, kind.compresses, codingOptions(options, kind.format));
  const pieces = [];
  let length = 0;
  const take = (piece) => {
    length += piece.length;
    if (length > most) throw tooLarge(most);
    pieces.push(piece);
  };
  try {
    for (const piece of coding.run(toBytes(data), false)) take(piece);
    for (const piece of coding.run(kNoBytes, true)) take(piece);
  } finally {
    coding.close();
  }
  const all = Buffer.concat(pieces, length);
  return options.info ? { buffer: all, engine: exported[`create${kind.name}`](options) } : all;
}

/** In Node's words: the class, the function, the format. */
const kKinds = [
  { name: 'Deflate', call: 'deflate', format: 'deflate', compresses: true },
  { name: 'Inflate', call: 'inflate', format: 'deflate', compresses: false },
  { name: 'Gzip', call: 'gzip', format: 'gzip', compresses: true },
  { name: 'Gunzip', call: 'gunzip', format: 'gzip', compresses: false },
  { name: 'DeflateRaw', call: 'deflateRaw', format: 'deflate-raw', compresses: true },
  { name: 'InflateRaw', call: 'inflateRaw', format: 'deflate-raw', compresses: false },
  { name: 'Unzip', call: 'unzip', format: 'unzip', compresses: false },
  { name: 'BrotliCompress', call: 'brotliCompress', format: 'brotli', compresses: true },
  { name: 'BrotliDecompress', call: 'brotliDecompress', format: 'brotli', compresses: false },
  { name: 'ZstdCompress', call: 'zstdCompress', format: 'zstd', compresses: true },
  { name: 'ZstdDecompress', call: 'zstdDecompress', format: 'zstd', compresses: false },
];

let table;

function crc32(data, value = 0) {
  check.integer(value, 'value', 0, 0xffffffff);
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
    return rest;
  });
  let sum = ~value;
  for (const byte of toBytes(data)) sum = table[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return ~sum >>> 0;
}

const exported = {
  constants,
  crc32,
  codes: Object.freeze({
    Z_OK: 0,
    Z_STREAM_END: 1,
    Z_NEED_DICT: 2,
    Z_ERRNO: -1,
    Z_STREAM_ERROR: -2,
    Z_DATA_ERROR: -3,
    Z_MEM_ERROR: -4,
    Z_BUF_ERROR: -5,
    Z_VERSION_ERROR: -6,
  }),
};

for (const kind of kKinds) {
  const { name, call, format, compresses } = kind;
  const { [name]: Class } = {
    [name]: class extends ZlibBase {
      constructor(options) {
        super(name, format, compresses, options);
      }
    },
  };
  exported[name] = callable(Class);
  exported[`create${name}`] = (options) => new Class(options);
  exported[`${call}Sync`] = (data, options) => codeAll(kind, data, options);
  exported[call] = (data, options, callback) => {
    const done = typeof options === 'function' ? options : callback;
    check.function(done, 'callback');
    const bytes = toBytes(data);
    setImmediate(() => {
      let result;
      try {
        result = codeAll(kind, bytes, typeof options === 'function' ? {} : options);
      } catch (error) {
        done(error);
        return;
      }
      done(null, result);
    });
  };
}
// The constants of zlib are on the module, too, for packages of before.
for (const name of Object.keys(constants)) {
  if (/^(Z_|DEFLATE$|INFLATE$|GZIP$|GUNZIP$|DEFLATERAW$|INFLATERAW$|UNZIP$)/.test(name)) {
    Object.defineProperty(exported, name, { enumerable: false, value: constants[name] });
  }
}

for (const name of ['codes', 'constants']) {
  Object.defineProperty(exported, name, { writable: false });
}

module.exports = exported;
