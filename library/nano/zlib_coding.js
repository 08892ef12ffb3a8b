// One way through a coder of the host's: the pieces of what some bytes become, one after the other.

const { withCode } = require('nano:errors');

const { zlib } = nano;
const kNoBytes = new Uint8Array(0);

function zlibError(message, code, errno) {
  const error = withCode(Error, code, message);
  error.errno = errno;
  return error;
}

/** What a program is told of data that is damaged, by the format that it was to have. */
function damaged(format, isStart) {
  if (format === 'brotli')
    return zlibError('Decompression failed', 'ERR__ERROR_FORMAT_PADDING_1', -14);
  if (format === 'zstd')
    return zlibError('Unknown frame descriptor', 'ZSTD_error_prefix_unknown', 10);
  return zlibError(isStart ? 'incorrect header check' : 'invalid data', 'Z_DATA_ERROR', -3);
}

class Coding {
  #format;
  #compresses;
  #coder;
  #allowsCut;
  #wrote = false;
  #ended = false;

  /**
   * @param {string} format of the host's, or 'unzip': gzip or deflate, by the first byte
   * @param {boolean} compresses @param {boolean} allowsCut whether data may end too early
   */
  constructor(format, compresses, allowsCut) {
    this.#format = format;
    this.#compresses = compresses;
    this.#allowsCut = allowsCut;
  }

  #start(first) {
    if (this.#format === 'unzip') this.#format = first === 0x1f ? 'gzip' : 'deflate';
    this.#coder = zlib.coder(this.#format, this.#compresses);
  }

  /** Whether another gzip member follows: Node.js reads them all, and nothing else behind one. */
  #goesOn(bytes, at) {
    return this.#format === 'gzip' && bytes[at] === 0x1f && bytes[at + 1] === 0x8b;
  }

  /** @param {Uint8Array} bytes @param {boolean} isLast */
  *run(bytes, isLast) {
    let at = 0;
    if (this.#ended) return;
    if (this.#coder === undefined) {
      if (bytes.length === 0 && !(isLast && this.#compresses)) return this.#finish(isLast);
      this.#start(bytes[0]);
    }
    for (;;) {
      const step = this.#coder.step(bytes, at, isLast && this.#compresses);
      at = step.read;
      if (step.broken) throw damaged(this.#format, !this.#wrote);
      if (step.piece !== undefined) {
        this.#wrote = true;
        yield step.piece;
      }
      if (step.ended) {
        if (!this.#compresses && this.#goesOn(bytes, at)) {
          this.#coder = zlib.coder(this.#format, false);
          continue;
        }
        this.#ended = true;
        return;
      }
      if (at === bytes.length && !step.more && !(isLast && this.#compresses)) {
        return this.#finish(isLast);
      }
    }
  }

  #finish(isLast) {
    if (!isLast || this.#compresses || this.#allowsCut) return;
    if (this.#ended) return;
    throw zlibError('unexpected end of file', 'Z_BUF_ERROR', -5);
  }

  close() {
    this.#coder?.close();
    this.#ended = true;
  }
}

module.exports = { Coding, kNoBytes };
