// node:dns/promises: names are looked up by who connects.

const { codes, names } = require('nano:dns_names');
const { stubPromises } = require('nano:stub');

const kInstead = "use fetch(), or connect() of 'cloudflare:sockets' with a name";

module.exports = { ...stubPromises('dns/promises', kInstead, names), ...codes };
