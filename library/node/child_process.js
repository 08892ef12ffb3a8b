// node:child_process: there are no other processes.

const { stub } = require('nano:stub');

const kNames = [
  '_forkChild,ChildProcess,exec,execFile,execFileSync,execSync,fork,spawn,spawnSync',
].join();

module.exports = {
  ...stub('child_process', 'apps start no processes', kNames),
};
