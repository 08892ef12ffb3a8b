// Deep equality, as node:assert and util.isDeepStrictEqual have it.

const types = require('node:util/types');

const { hasOwn, is, keys, getPrototypeOf } = Object;

class Comparison {
  /** Pairs that are being compared: a cycle is equal to one of the same shape. */
  #pairs = [];

  /** @param {boolean} strict @param {boolean} partial the expected may have less */
  constructor(strict, partial = false) {
    this.strict = strict;
    this.partial = partial;
  }

  equal(a, b) {
    if (a === b) return a !== 0 || !this.strict || is(a, b);
    if (this.strict ? typeof a !== 'object' : typeof a !== 'object' && typeof b !== 'object') {
      return this.#plainEqual(a, b);
    }
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
      return (
        !this.strict &&
        (a === null || typeof a !== 'object') &&
        (b === null || typeof b !== 'object') &&
        this.#plainEqual(a, b)
      );
    }
    if (this.strict && !this.partial && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
    if (this.#pairs.some(([left, right]) => left === a && right === b)) return true;
    this.#pairs.push([a, b]);
    const result = this.#objectsEqual(a, b);
    this.#pairs.pop();
    return result;
  }

  #plainEqual(a, b) {
    if (typeof a === 'number' && typeof b === 'number' && a !== a && b !== b) return true;
    // eslint-disable-next-line eqeqeq
    return this.strict ? is(a, b) : a == b;
  }

  #objectsEqual(a, b) {
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    if (Array.isArray(a) && (this.partial ? a.length < b.length : a.length !== b.length))
      return false;
    if (!this.#contentsEqual(a, b)) return false;
    return this.#propertiesEqual(a, b);
  }

  #contentsEqual(a, b) {
    if (types.isDate(a))
      return types.isDate(b) && is(Date.prototype.getTime.call(a), Date.prototype.getTime.call(b));
    if (types.isRegExp(a))
      return types.isRegExp(b) && String(a) === String(b) && a.lastIndex === b.lastIndex;
    if (types.isNativeError(a) || a instanceof Error) return this.#errorsEqual(a, b);
    if (types.isBoxedPrimitive(a)) return types.isBoxedPrimitive(b) && is(unboxed(a), unboxed(b));
    if (types.isAnyArrayBuffer(a))
      return types.isAnyArrayBuffer(b) && bytesEqual(new Uint8Array(a), new Uint8Array(b));
    if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && this.#viewsEqual(a, b);
    if (types.isSet(a)) return types.isSet(b) && this.#setsEqual(a, b);
    if (types.isMap(a)) return types.isMap(b) && this.#mapsEqual(a, b);
    if (types.isPromise(a) || types.isWeakMap(a) || types.isWeakSet(a)) return false;
    return !(types.isSet(b) || types.isMap(b) || types.isDate(b) || types.isRegExp(b));
  }

  #errorsEqual(a, b) {
    if (!(b instanceof Error)) return false;
    return ['message', 'name', 'cause', 'errors'].every((name) => {
      if (name in a !== name in b) return this.partial && !(name in b);
      return this.equal(a[name], b[name]);
    });
  }

  #viewsEqual(a, b) {
    if (!this.strict && (types.isFloat32Array(a) || types.isFloat64Array(a))) {
      return (
        a.length === b.length &&
        a.every((value, index) => value === b[index] || (value !== value && b[index] !== b[index]))
      );
    }
    return bytesEqual(
      new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
      new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
    );
  }

  #setsEqual(a, b) {
    if (this.partial ? a.size < b.size : a.size !== b.size) return false;
    const rest = new Set(a);
    for (const value of b) {
      if (rest.delete(value)) continue;
      if (this.strict && (typeof value !== 'object' || value === null)) return false;
      const found = [...rest].find((other) => this.equal(other, value));
      if (found === undefined && !rest.has(undefined)) return false;
      rest.delete(found);
    }
    return true;
  }

  #mapsEqual(a, b) {
    if (this.partial ? a.size < b.size : a.size !== b.size) return false;
    const rest = new Map(a);
    for (const [key, value] of b) {
      if (rest.has(key) && this.equal(rest.get(key), value)) {
        rest.delete(key);
        continue;
      }
      if (this.strict && (typeof key !== 'object' || key === null)) return false;
      const found = [...rest].find(
        ([other, otherValue]) => this.equal(other, key) && this.equal(otherValue, value),
      );
      if (found === undefined) return false;
      rest.delete(found[0]);
    }
    return true;
  }

  #propertiesEqual(a, b) {
    const isView = ArrayBuffer.isView(a) && !types.isDataView(a);
    const mine = isView ? keys(a).slice(a.length) : keys(a);
    const others = isView ? keys(b).slice(b.length) : keys(b);
    if (!this.partial && mine.length !== others.length) return false;
    for (const name of others) {
      if (!hasOwn(a, name) || !this.equal(a[name], b[name])) return false;
    }
    return !this.strict || this.#symbolsEqual(a, b);
  }

  #symbolsEqual(a, b) {
    const mine = enumerableSymbols(a);
    const others = enumerableSymbols(b);
    if (!this.partial && mine.length !== others.length) return false;
    return others.every((symbol) => mine.includes(symbol) && this.equal(a[symbol], b[symbol]));
  }
}

/** The primitive inside, by the only class that it can be of. */
function unboxed(value) {
  for (const [isOne, { prototype }] of [
    [types.isNumberObject, Number],
    [types.isStringObject, String],
    [types.isBooleanObject, Boolean],
    [types.isBigIntObject, BigInt],
  ]) {
    if (isOne(value)) return Reflect.apply(prototype.valueOf, value, []);
  }
  return Reflect.apply(Symbol.prototype.valueOf, value, []);
}

function enumerableSymbols(object) {
  return Object.getOwnPropertySymbols(object).filter((symbol) =>
    Object.prototype.propertyIsEnumerable.call(object, symbol),
  );
}

function bytesEqual(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

module.exports = {
  isDeepEqual: (a, b) => new Comparison(false).equal(a, b),
  isDeepStrictEqual: (a, b) => new Comparison(true).equal(a, b),
  isPartialDeepEqual: (a, b) => new Comparison(true, true).equal(a, b),
};
