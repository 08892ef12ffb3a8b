// node:test/reporters: tests run elsewhere.

const { stub } = require('nano:stub');

const kNames = ['dot,junit,spec,tap,lcov'].join();

module.exports = {
  ...stub('test/reporters', 'tests do not run in an app', kNames),
};
