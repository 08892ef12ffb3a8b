// node:sqlite: there are no files.

const { stub } = require('nano:stub');

const kNames = ['DatabaseSync,StatementSync,Session,backup'].join();

module.exports = {
  ...stub('sqlite', 'apps have no file system', kNames),
};
