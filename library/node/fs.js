// node:fs: there are no files.

const { stub } = require('nano:stub');

const kNames = [
  'appendFile,appendFileSync,access,accessSync,chown,chownSync,chmod,chmodSync',
  'close,closeSync,copyFile,copyFileSync,cp,cpSync,createReadStream',
  'createWriteStream,exists,fchown,fchownSync,fchmod,fchmodSync,fdatasync',
  'fdatasyncSync,fstat,fstatSync,fsync,fsyncSync,ftruncate,ftruncateSync,futimes',
  'futimesSync,glob,globSync,lchown,lchownSync,link,linkSync,lstat,lstatSync',
  'lutimes,lutimesSync,mkdir,mkdirSync,mkdtemp,mkdtempSync,mkdtempDisposableSync',
  'open,openSync,openAsBlob,openAsBlobSync,readdir,readdirSync,read,readSync,readv',
  'readvSync,readFile,readFileSync,readlink,readlinkSync,realpath,realpathSync',
  'rename,renameSync,rm,rmSync,rmdir,rmdirSync,stat,statfs,statSync,statfsSync',
  'symlink,symlinkSync,truncate,truncateSync,unwatchFile,unlink,unlinkSync,utimes',
  'utimesSync,watch,watchFile,writeFile,writeFileSync,write,writeSync,writev',
  'writevSync,Dirent,Stats,ReadStream,WriteStream,FileReadStream,FileWriteStream',
  'Utf8Stream,_toUnixTimestamp,Dir,opendir,opendirSync',
].join();

module.exports = {
  ...stub('fs', 'apps have no file system', kNames),
  constants: require('node:constants').fs,
  existsSync: () => false,
  get promises() {
    return require('node:fs/promises');
  },
};
