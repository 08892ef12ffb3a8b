// node:fs/promises: there are no files.

const { stubPromises } = require('nano:stub');

const kNames = [
  'access,copyFile,cp,glob,open,opendir,rename,truncate,rm,rmdir,mkdir,readdir',
  'readlink,symlink,lstat,stat,statfs,link,unlink,chmod,lchmod,lchown,chown,utimes',
  'lutimes,realpath,mkdtemp,mkdtempDisposable,writeFile,appendFile,readFile,watch',
].join();

module.exports = {
  ...stubPromises('fs/promises', 'apps have no file system', kNames),
  constants: require('node:constants').fs,
};
