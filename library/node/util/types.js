// node:util/types: what a value is, whatever it says of itself.

const { kindOf } = nano;

const is = (kind) => (value) => kindOf(value) === kind;
const typedArrayName = (value) => Reflect.apply(tagOf, value, []);
const tagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;
const isTyped = (name) => (value) => ArrayBuffer.isView(value) && typedArrayName(value) === name;

/** Which primitive an object holds, by the method that only such an object has. */
function isBoxed(method) {
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    try {
      Reflect.apply(method, value, []);
      return true;
    } catch {
      return false;
    }
  };
}

const boxed = {
  isNumberObject: isBoxed(Number.prototype.valueOf),
  isStringObject: isBoxed(String.prototype.valueOf),
  isBooleanObject: isBoxed(Boolean.prototype.valueOf),
  isBigIntObject: isBoxed(BigInt.prototype.valueOf),
  isSymbolObject: isBoxed(Symbol.prototype.valueOf),
};

const { constructor: AsyncFunction } = async function () {};
const { constructor: GeneratorFunction } = function* () {};
const { constructor: AsyncGeneratorFunction } = async function* () {};
const isFunctionOf =
  (...prototypes) =>
  (value) => {
    if (typeof value !== 'function' || kindOf(value) === 'Proxy') return false;
    const source = Function.prototype.toString.call(value);
    if (prototypes.some((prototype) => Object.getPrototypeOf(value) === prototype)) return true;
    return prototypes.includes(AsyncFunction.prototype) && /^async\b/.test(source);
  };

const isArrayBuffer = is('ArrayBuffer');
const isSharedArrayBuffer = is('SharedArrayBuffer');

module.exports = {
  isAnyArrayBuffer: (value) => isArrayBuffer(value) || isSharedArrayBuffer(value),
  isArgumentsObject: is('Arguments'),
  isArrayBuffer,
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
  isAsyncFunction: isFunctionOf(AsyncFunction.prototype, AsyncGeneratorFunction.prototype),
  isBigInt64Array: isTyped('BigInt64Array'),
  isBigUint64Array: isTyped('BigUint64Array'),
  ...boxed,
  isBoxedPrimitive: is('Boxed'),
  isCryptoKey: (value) => value instanceof CryptoKey,
  isDataView: is('DataView'),
  isDate: is('Date'),
  isEventTarget: (value) => value instanceof EventTarget,
  isExternal: is('External'),
  isFloat16Array: isTyped('Float16Array'),
  isFloat32Array: isTyped('Float32Array'),
  isFloat64Array: isTyped('Float64Array'),
  isGeneratorFunction: isFunctionOf(GeneratorFunction.prototype, AsyncGeneratorFunction.prototype),
  isGeneratorObject: is('Generator'),
  isInt16Array: isTyped('Int16Array'),
  isInt32Array: isTyped('Int32Array'),
  isInt8Array: isTyped('Int8Array'),
  isKeyObject: (value) => nanoKeyObject() !== undefined && value instanceof nanoKeyObject(),
  isMap: is('Map'),
  isMapIterator: is('MapIterator'),
  isModuleNamespaceObject: is('ModuleNamespace'),
  isNativeError: is('Error'),
  isPromise: is('Promise'),
  isProxy: is('Proxy'),
  isRegExp: is('RegExp'),
  isSet: is('Set'),
  isSetIterator: is('SetIterator'),
  isSharedArrayBuffer,
  isTypedArray: (value) => typedArrayName(value) !== undefined,
  isUint16Array: isTyped('Uint16Array'),
  isUint32Array: isTyped('Uint32Array'),
  isUint8Array: isTyped('Uint8Array'),
  isUint8ClampedArray: isTyped('Uint8ClampedArray'),
  isWeakMap: is('WeakMap'),
  isWeakSet: is('WeakSet'),
};

const nanoKeyObject = () => require('node:crypto').KeyObject;
