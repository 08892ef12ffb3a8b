// Modules that can be imported and not used: their functions and classes say so when they are.

const { notAvailable } = require('nano:errors');

function stubFunction(module, name, why) {
  const fail = () => {
    throw notAvailable(`node:${module}: ${name}`, why);
  };
  // A class by its name: one may be derived from it.
  if (/^[A-Z]/.test(name)) {
    const Stub = class {
      constructor() {
        fail();
      }
    };
    return Object.defineProperty(Stub, 'name', { configurable: true, value: name });
  }
  return Object.defineProperty((...args) => fail(args), 'name', {
    configurable: true,
    value: name,
  });
}

/**
 * @param {string} module without node: @param {string} why
 * @param {string} names separated by commas
 */
function stub(module, why, names) {
  const exported = {};
  for (const name of names.split(',')) exported[name] = stubFunction(module, name, why);
  return exported;
}

/** The same of functions that give promises: they reject. */
function stubPromises(module, why, names) {
  const exported = {};
  for (const name of names.split(',')) {
    const rejects = async () => {
      throw notAvailable(`node:${module}: ${name}`, why);
    };
    exported[name] = Object.defineProperty(rejects, 'name', { configurable: true, value: name });
  }
  return exported;
}

const pairs = (text, valueOf) =>
  Object.fromEntries(
    text.split(' ').map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), valueOf(pair.slice(equals + 1))];
    }),
  );

/** Constants, written `A=1 B=2`. @param {string} text */
const numbers = (text) => Object.freeze(pairs(text, Number));
/** The same of texts. @param {string} text */
const texts = (text) => Object.freeze(pairs(text, String));

module.exports = { stub, stubPromises, numbers, texts };
