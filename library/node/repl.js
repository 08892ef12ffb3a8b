// node:repl: there is no terminal.

const { stub } = require('nano:stub');

const kNames = ['start,writer,REPLServer,Recoverable,isValidSyntax'].join();

module.exports = {
  ...stub('repl', 'apps have no terminal', kNames),
};
