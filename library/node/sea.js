// node:sea: an app is no executable.

const { stub } = require('nano:stub');

const kNames = ['getAsset,getRawAsset,getAssetAsBlob,getAssetKeys'].join();

module.exports = {
  ...stub('sea', 'an app is no executable', kNames),
  isSea: () => false,
};
