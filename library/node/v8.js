// node:v8: the engine is nano's.

const { stub } = require('nano:stub');

const kNames = [
  'cachedDataVersionTag,getHeapSnapshot,getHeapStatistics,getHeapSpaceStatistics',
  'getHeapCodeStatistics,getCppHeapStatistics,setFlagsFromString,Serializer',
  'Deserializer,DefaultSerializer,DefaultDeserializer,deserialize,takeCoverage',
  'stopCoverage,serialize,writeHeapSnapshot,queryObjects',
  'setHeapSnapshotNearHeapLimit,setHeapProfileNearHeapLimit,GCProfiler',
  'isStringOneByteRepresentation,startCpuProfile,startHeapProfile',
].join();

module.exports = {
  ...stub('v8', 'the engine is shared and not open to apps', kNames),
};
