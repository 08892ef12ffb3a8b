// node:trace_events: there is no tracing.

const { stub } = require('nano:stub');

const kNames = ['createTracing'].join();

module.exports = {
  ...stub('trace_events', 'apps are not traced', kNames),
  getEnabledCategories: () => undefined,
};
