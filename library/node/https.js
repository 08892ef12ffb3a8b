// node:https: the web is fetch().

const { stub } = require('nano:stub');

const kNames = ['Agent,Server,createServer,get,request'].join();

module.exports = {
  ...stub('https', "use fetch(); requests come to the app's fetch() handler", kNames),
  globalAgent: {},
};
