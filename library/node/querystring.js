// node:querystring: unenv's.

const querystring = require('../node_modules/unenv/dist/runtime/node/querystring.mjs');

module.exports = { ...querystring.default };
