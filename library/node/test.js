// node:test: tests run elsewhere.

const { stub } = require('nano:stub');

const kNames = [
  'expectFailure,skip,todo,only,after,afterEach,before,beforeEach,describe',
  'getTestContext,it,run,suite,test',
].join();

const members = {
  ...stub('test', 'tests do not run in an app', kNames),
};
const { test } = members;

module.exports = Object.assign(test, members);
