// Buffer.prototype.fill().

const { isBytes } = require('nano:buffer_search');
const { check, invalidArgValue } = require('nano:errors');

/**
 * @param {(text: string, encoding: string) => Uint8Array} fromString
 * @param {(encoding: any) => string} knownEncoding throws for one that there is not
 */
exports.makeFill = (fromString, knownEncoding) => {
  return function fillBytes(buffer, value, offset, end, encoding) {
    let [start, stop, given] = [offset, end, encoding];
    if (typeof value === 'string') {
      if (start === undefined || typeof start === 'string')
        [given, start, stop] = [start ?? given, undefined, undefined];
      else if (typeof stop === 'string') [given, stop] = [stop, undefined];
      if (given !== undefined) check.string(given, 'encoding');
    }
    if (start === undefined) [start, stop] = [0, buffer.length];
    else {
      check.number(start, 'offset', 0);
      if (stop === undefined) stop = buffer.length;
      else check.number(stop, 'end', 0, buffer.length);
      if (start >= stop) {
        if (typeof value === 'string') knownEncoding(given ?? 'utf8');
        return buffer;
      }
    }
    if (typeof value === 'string' && value.length > 0)
      return repeat(buffer, fromString(value, knownEncoding(given ?? 'utf8')), value, start, stop);
    if (typeof value === 'string') knownEncoding(given ?? 'utf8');
    if (isBytes(value)) return repeat(buffer, value, value, start, stop);
    const byte = typeof value === 'number' || typeof value === 'boolean' ? +value & 0xff : 0;
    return Uint8Array.prototype.fill.call(buffer, byte, start, stop);
  };

  function repeat(buffer, pattern, value, start, stop) {
    if (pattern.length === 0) throw invalidArgValue('value', value);
    const target = Uint8Array.prototype.subarray.call(buffer, start, stop);
    Uint8Array.prototype.set.call(target, pattern.subarray(0, target.length));
    for (let done = pattern.length; done < target.length; done *= 2)
      target.copyWithin(done, 0, done);
    return buffer;
  }
};
