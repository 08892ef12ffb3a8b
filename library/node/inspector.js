// node:inspector: there is no debugger.

const { stub } = require('nano:stub');

const kNames = ['open,close,waitForDebugger,Session'].join();

module.exports = {
  ...stub('inspector', 'apps have no debugger', kNames),
  console,
  url: () => undefined,
};
