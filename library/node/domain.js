// node:domain: use AsyncLocalStorage.

const { stub } = require('nano:stub');

const kNames = ['Domain,createDomain,create'].join();

module.exports = {
  ...stub('domain', 'use AsyncLocalStorage of node:async_hooks', kNames),
  active: null,
};
