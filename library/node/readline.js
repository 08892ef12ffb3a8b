// node:readline: there is no terminal.

const { stub } = require('nano:stub');

const kNames = [
  'Interface,clearLine,clearScreenDown,createInterface,cursorTo,emitKeypressEvents',
  'moveCursor',
].join();

module.exports = {
  ...stub('readline', 'apps have no terminal', kNames),
  get promises() {
    return require('node:readline/promises');
  },
};
