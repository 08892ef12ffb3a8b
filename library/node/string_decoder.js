// node:string_decoder: the package of that name.

module.exports = require('../node_modules/string_decoder/lib/string_decoder.js');
