// node:dns: names are looked up by who connects.

const { codes, names } = require('nano:dns_names');
const { stub } = require('nano:stub');

module.exports = {
  ...stub('dns', "use fetch(), or connect() of 'cloudflare:sockets' with a name", names),
  ADDRCONFIG: 32,
  ALL: 16,
  V4MAPPED: 8,
  ...codes,
  get promises() {
    return require('node:dns/promises');
  },
};
