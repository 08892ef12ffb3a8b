// node:dgram: there is no UDP.

const { stub } = require('nano:stub');

const kNames = ['createSocket,Socket'].join();

module.exports = {
  ...stub('dgram', 'apps have no UDP', kNames),
};
