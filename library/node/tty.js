// node:tty: there is no terminal.

const { stub } = require('nano:stub');

const kNames = ['ReadStream,WriteStream'].join();

module.exports = {
  ...stub('tty', 'apps have no terminal', kNames),
  isatty: () => false,
};
