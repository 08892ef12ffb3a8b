// node:readline/promises: there is no terminal.

const { stub } = require('nano:stub');

const kNames = ['Interface,Readline,createInterface'].join();

module.exports = {
  ...stub('readline/promises', 'apps have no terminal', kNames),
};
