// node:os: a machine that tells nothing about the one it is.

const { os: constants } = require('node:constants');
const { notAvailable } = require('nano:errors');

const text = (value) => Object.assign(() => value, { [Symbol.toPrimitive]: () => value });

module.exports = {
  EOL: '\n',
  devNull: '/dev/null',
  constants,
  arch: text('x64'),
  availableParallelism: () => 1,
  cpus: () => [],
  endianness: text('LE'),
  freemem: () => 0,
  getPriority: () => 0,
  homedir: text('/'),
  hostname: text('localhost'),
  loadavg: () => [0, 0, 0],
  machine: text('x86_64'),
  networkInterfaces: () => ({}),
  platform: text('linux'),
  release: text(''),
  setPriority() {
    throw notAvailable('node:os: setPriority', 'apps share their process');
  },
  tmpdir: text('/tmp'),
  totalmem: () => 0,
  type: text('Linux'),
  uptime: () => Math.floor(performance.now() / 1000),
  userInfo: () => ({ uid: -1, gid: -1, username: 'nano', homedir: '/', shell: null }),
  version: text(''),
};
