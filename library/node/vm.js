// node:vm: no code is made from text.

const { stub } = require('nano:stub');

const kNames = [
  'Script,createContext,createScript,runInContext,runInNewContext,runInThisContext',
  'compileFunction,measureMemory',
].join();

module.exports = {
  ...stub('vm', 'apps make no code from text', kNames),
  isContext: () => false,
  constants: Object.freeze({ __proto__: null }),
};
