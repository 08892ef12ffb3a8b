// Random values: those of crypto.getRandomValues(), in pieces of what it gives at once.

const { check, invalidArgType, outOfRange } = require('nano:errors');
const { later } = require('nano:crypto_data');

const kAtOnce = 65536;
const kMaxSize = 2 ** 31 - 1;

function fill(bytes) {
  for (let from = 0; from < bytes.length; from += kAtOnce) {
    crypto.getRandomValues(bytes.subarray(from, from + kAtOnce));
  }
  return bytes;
}

function randomBytes(size, callback) {
  check.integer(size, 'size', 0, kMaxSize);
  if (callback === undefined) return Buffer.from(fill(new Uint8Array(size)).buffer);
  check.function(callback, 'callback');
  return void later(() => [randomBytes(size)], callback);
}

function randomFillSync(buffer, offset = 0, size = undefined) {
  if (!ArrayBuffer.isView(buffer) && !(buffer instanceof ArrayBuffer)) {
    throw invalidArgType('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  }
  const unit = buffer.BYTES_PER_ELEMENT ?? 1;
  const whole = ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
  check.integer(offset, 'offset', 0, whole.length / unit);
  const count = size ?? whole.length / unit - offset;
  check.integer(count, 'size', 0, whole.length / unit - offset);
  fill(whole.subarray(offset * unit, (offset + count) * unit));
  return buffer;
}

function randomFill(buffer, ...rest) {
  const callback = rest.pop();
  check.function(callback, 'callback');
  later(() => [randomFillSync(buffer, ...rest)], callback);
}

const kRange = 2 ** 48;

/** Below `range`, each as likely as the others: what is past a multiple of it is drawn again. */
function below(range) {
  const limit = kRange - (kRange % range);
  const bytes = new Uint8Array(6);
  for (;;) {
    crypto.getRandomValues(bytes);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    if (value < limit) return value % range;
  }
}

function randomInt(first, second, third) {
  const hasLowest = typeof second === 'number';
  const lowest = hasLowest ? first : 0;
  const highest = hasLowest ? second : first;
  const callback = hasLowest ? third : second;
  if (!Number.isSafeInteger(lowest)) throw invalidArgType('min', 'a safe integer', lowest);
  if (!Number.isSafeInteger(highest)) throw invalidArgType('max', 'a safe integer', highest);
  if (highest <= lowest)
    throw outOfRange('max', `greater than the value of "min" (${lowest})`, highest);
  if (highest - lowest >= kRange)
    throw outOfRange('max - min', `<= ${kRange - 1}`, highest - lowest);
  if (callback === undefined) return lowest + below(highest - lowest);
  check.function(callback, 'callback');
  return void later(() => [lowest + below(highest - lowest)], callback);
}

module.exports = { randomBytes, randomFillSync, randomFill, randomInt };
