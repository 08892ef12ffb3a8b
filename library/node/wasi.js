// node:wasi: there is no system behind it.

const { stub } = require('nano:stub');

const kNames = ['WASI'].join();

module.exports = {
  ...stub('wasi', 'apps have no files or processes', kNames),
};
