// node:path, as on POSIX. Windows' functions are those of io.js, the last that a package has.

const posix = require('../node_modules/path-browserify/index.js');
const { win32 } = require('../node_modules/path/path.js');
const { matchesGlob } = require('nano:glob');
const { check } = require('nano:errors');

/** Node.js names the argument that is no string. */
function checkArguments(path) {
  const wrap = (name, names, isOptional = false) => {
    const plain = path[name];
    const checked = (...args) => {
      names.forEach((one, index) => {
        if (index === 0 || !isOptional || args[index] !== undefined) check.string(args[index], one);
      });
      return plain.apply(path, args);
    };
    path[name] = Object.defineProperty(checked, 'name', { configurable: true, value: name });
  };
  for (const name of ['normalize', 'isAbsolute', 'dirname', 'extname']) wrap(name, ['path']);
  wrap('parse', ['pathString']);
  wrap('relative', ['from', 'to']);
  wrap('basename', ['path', 'suffix'], true);
  for (const name of ['join', 'resolve']) {
    const plain = path[name];
    const checked = (...args) => {
      for (const one of args) check.string(one, name === 'join' ? 'path' : 'paths[0]');
      return plain.apply(path, args);
    };
    path[name] = Object.defineProperty(checked, 'name', { configurable: true, value: name });
  }
  const { format } = path;
  path.format = (object) => {
    check.object(object, 'pathObject');
    const { ext } = object;
    return format.call(
      path,
      ext && !`${ext}`.startsWith('.') ? { ...object, ext: `.${ext}` } : object,
    );
  };
}
function checkedGlob(path, pattern, separator) {
  check.string(path, 'path');
  check.string(pattern, 'pattern');
  return matchesGlob(path, pattern, separator);
}
checkArguments(posix);
checkArguments(win32);

posix.toNamespacedPath = (path) => path;
posix.matchesGlob = (path, pattern) => checkedGlob(path, pattern, '/');
win32.toNamespacedPath ??= win32._makeLong;
win32.matchesGlob = (path, pattern) => checkedGlob(path, pattern, '\\');
posix._makeLong = posix.toNamespacedPath;
posix.posix = posix;
posix.win32 = win32;
win32.posix = posix;
win32.win32 = win32;

module.exports = posix;
