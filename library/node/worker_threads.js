// node:worker_threads: there are no other threads.

const { stub } = require('nano:stub');

const kNames = ['moveMessagePortToContext,receiveMessageOnPort,postMessageToThread,Worker'].join();

module.exports = {
  ...stub('worker_threads', 'apps start no threads', kNames),
  isMainThread: true,
  isInternalThread: false,
  parentPort: null,
  resourceLimits: {},
  threadId: 0,
  threadName: '',
  workerData: null,
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  BroadcastChannel,
  // An app with an old compatibility date has no such globals.
  MessageChannel: globalThis.MessageChannel,
  MessagePort: globalThis.MessagePort,
  getEnvironmentData: () => undefined,
  setEnvironmentData() {},
  isMarkedAsUntransferable: () => false,
  markAsUntransferable() {},
  markAsUncloneable() {},
};
