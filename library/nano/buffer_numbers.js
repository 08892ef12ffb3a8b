// Numbers in a Buffer: read and written as Node.js does, with its checks.

const { invalidArgType, outOfRange, withCode } = require('nano:errors');

const viewOf = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

function outOfBounds(name) {
  const message =
    name === undefined
      ? 'Attempt to access memory outside buffer bounds'
      : `"${name}" is outside of buffer bounds`;
  return withCode(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', message);
}

/** Why `size` bytes cannot be at `offset`. */
function placeError(offset, most) {
  if (Math.floor(offset) !== offset) return outOfRange('offset', 'an integer', offset);
  if (most < 0) return outOfBounds();
  return outOfRange('offset', `>= 0 and <= ${most}`, offset);
}

function checkPlace(buffer, offset, size) {
  if (typeof offset !== 'number') throw invalidArgType('offset', 'number', offset);
  const most = buffer.length - size;
  if (!(offset >= 0 && offset <= most) || Math.floor(offset) !== offset)
    throw placeError(offset, most);
}

function checkSize(size) {
  if (typeof size !== 'number') throw invalidArgType('byteLength', 'number', size);
  if (Math.floor(size) !== size) throw outOfRange('byteLength', 'an integer', size);
  if (size < 1 || size > 6) throw outOfRange('byteLength', '>= 1 and <= 6', size);
}

/** @param {number | bigint} least @param {number | bigint} most */
function checkValue(value, least, most, size) {
  if (!(value > most || value < least)) return;
  const n = typeof least === 'bigint' ? 'n' : '';
  let range = `>= ${least}${n} and <= ${most}${n}`;
  if (size > 4) {
    const bits = size * 8;
    range =
      Number(least) === 0
        ? `>= 0${n} and < 2${n} ** ${bits}${n}`
        : `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
  }
  throw outOfRange('value', range, value);
}

/** Methods by their names: what a DataView has under another. */
const methods = {};

function add(name, method) {
  methods[name] = Object.defineProperty(method, 'name', { configurable: true, value: name });
}

function addFixed(kind, size, least, most) {
  const isBig = kind.startsWith('Big');
  const isFloat = kind.startsWith('Float') || kind.startsWith('Double');
  const viewKind =
    { Float: 'Float32', Double: 'Float64', BigInt64: 'BigInt64', BigUInt64: 'BigUint64' }[kind] ??
    kind.replace('UInt', 'Uint');
  for (const ending of size === 1 ? [''] : ['LE', 'BE']) {
    const little = ending === 'LE';
    add(`read${kind}${ending}`, function (offset = 0) {
      checkPlace(this, offset, size);
      return viewOf(this)[`get${viewKind}`](offset, little);
    });
    add(`write${kind}${ending}`, function (value, offset = 0) {
      const number = isBig ? value : +value;
      if (isBig && typeof value !== 'bigint') throw invalidArgType('value', 'bigint', value);
      // In which order they are checked is Node's.
      if (size === 1 && typeof offset !== 'number')
        throw invalidArgType('offset', 'number', offset);
      if (!isFloat) checkValue(number, least, most, size);
      checkPlace(this, offset, size);
      viewOf(this)[`set${viewKind}`](offset, number, little);
      return offset + size;
    });
  }
}

for (const [kind, size] of [
  ['Int8', 1],
  ['Int16', 2],
  ['Int32', 4],
]) {
  const bits = size * 8;
  addFixed(kind, size, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
  addFixed(`U${kind}`, size, 0, 2 ** bits - 1);
}
addFixed('Float', 4);
addFixed('Double', 8);
addFixed('BigInt64', 8, -(2n ** 63n), 2n ** 63n - 1n);
addFixed('BigUInt64', 8, 0n, 2n ** 64n - 1n);

function readInteger(buffer, offset, size, little, signed) {
  if (offset === undefined) throw invalidArgType('offset', 'number', offset);
  checkSize(size);
  checkPlace(buffer, offset, size);
  let value = 0;
  for (let i = 0; i < size; i++)
    value = value * 256 + buffer[little ? offset + size - 1 - i : offset + i];
  return signed && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
}

function writeInteger(buffer, value, offset, size, little) {
  for (let i = 0, rest = value; i < size; i++) {
    buffer[little ? offset + i : offset + size - 1 - i] = ((rest % 256) + 256) % 256;
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}

for (const ending of ['LE', 'BE']) {
  const little = ending === 'LE';
  for (const kind of ['Int', 'UInt']) {
    const signed = kind === 'Int';
    add(`read${kind}${ending}`, function (offset, size) {
      return readInteger(this, offset, size, little, signed);
    });
    add(`write${kind}${ending}`, function (value, offset, size) {
      const number = +value;
      checkSize(size);
      const whole = 2 ** (size * 8);
      checkValue(number, signed ? -whole / 2 : 0, signed ? whole / 2 - 1 : whole - 1, size);
      checkPlace(this, offset, size);
      return writeInteger(this, Math.trunc(number), offset, size, little);
    });
  }
}
// Both spellings.
for (const name of Object.keys(methods)) {
  if (name.includes('UInt')) methods[name.replace('UInt', 'Uint')] = methods[name];
}

module.exports = { numberMethods: methods, outOfBounds };
