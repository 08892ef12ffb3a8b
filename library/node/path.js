// node:path, as on POSIX. Windows' functions are those of io.js, the last that a package has.

const posix = require('../node_modules/path-browserify/index.js');
const { win32 } = require('../node_modules/path/path.js');
const { matchesGlob } = require('nano:glob');

posix.toNamespacedPath = (path) => path;
posix.matchesGlob = (path, pattern) => matchesGlob(path, pattern, '/');
win32.toNamespacedPath ??= win32._makeLong;
win32.matchesGlob = (path, pattern) => matchesGlob(path, pattern, '\\');
posix._makeLong = posix.toNamespacedPath;
posix.posix = posix;
posix.win32 = win32;
win32.posix = posix;
win32.win32 = win32;

module.exports = posix;
