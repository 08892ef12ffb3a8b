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
  #level;
  #wrote = false;
  #ended = false;
  #closed = false;

  /**
   * @param {string} format of the host's, or 'unzip': gzip or deflate, by the first byte
   * @param {boolean} compresses
   * @param {{ allowsCut: boolean, level: number | undefined }} options whether data may end too
   *   early, and how well it is compressed
   */
  constructor(format, compresses, { allowsCut, level }) {
    this.#format = format;
    this.#compresses = compresses;
    this.#allowsCut = allowsCut;
    this.#level = level;
  }

  #start(first) {
    if (this.#format === 'unzip') this.#format = first === 0x1f ? 'gzip' : 'deflate';
    this.#coder = zlib.coder(this.#format, this.#compresses, this.#level);
  }

  /** Whether another gzip member follows: Node.js reads them all, and zeros behind them. */
  #goesOn(bytes, at) {
    return this.#format === 'gzip' && at < bytes.length && bytes[at] !== 0;
  }

  /**
   * @param {Uint8Array} bytes @param {boolean} isLast
   * @param {boolean} flushes whether all that has been taken is written out
   */
  *run(bytes, isLast, flushes = false) {
    let at = 0;
    if (this.#ended && !this.#beginsAgain(bytes)) return;
    if (this.#coder === undefined) {
      const writesNothing = !this.#compresses || !(isLast || flushes);
      if (bytes.length === 0 && writesNothing) return this.#finish(isLast);
      this.#start(bytes[0]);
    }
    this.#coder.setFlushing(flushes);
    for (;;) {
      const step = this.#coder.step(bytes, at, isLast && this.#compresses);
      // It was closed meanwhile.
      if (step === undefined) return;
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

  /** The same where the one before ended with its chunk. */
  #beginsAgain(bytes) {
    if (this.#closed || this.#compresses || !this.#goesOn(bytes, 0)) return false;
    this.#ended = false;
    this.#coder = undefined;
    return true;
  }

  #finish(isLast) {
    if (!isLast || this.#compresses || this.#allowsCut) return;
    if (this.#ended) return;
    throw zlibError('unexpected end of file', 'Z_BUF_ERROR', -5);
  }

  close() {
    this.#coder?.close();
    this.#ended = true;
    this.#closed = true;
  }
}

module.exports = { Coding, kNoBytes };
