// node:cluster: there are no other processes.

const { stub } = require('nano:stub');

const kNames = ['Worker,setupPrimary,setupMaster,fork,disconnect'].join();

module.exports = {
  ...stub('cluster', 'apps start no processes', kNames),
  _eventsCount: 0,
  schedulingPolicy: 2,
  isMaster: true,
  isPrimary: true,
  isWorker: false,
  workers: {},
  settings: {},
  SCHED_NONE: 1,
  SCHED_RR: 2,
};
