// node:module: require() of what nano has; apps' own files are bundled.

const { has } = nano;
const { check, notAvailable, withCode } = require('nano:errors');

const builtinModules = require('nano:names').names;
const kBundled = 'files of an app are bundled when it is deployed';

function fullName(name) {
  return name.startsWith('node:') ? name : `node:${name}`;
}

const isBuiltin = (name) => typeof name === 'string' && has(fullName(name));

/** @returns {any} what Node.js calls `require`, for built-in modules. */
function createRequire(place) {
  if (typeof place !== 'string' && !(place instanceof URL)) check.string(place, 'filename');
  function required(id) {
    check.string(id, 'id');
    // `punycode/` is a package of that name, which bundlers leave out with the module: nano's will do.
    const name = id.endsWith('/') ? id.slice(0, -1) : id;
    if (!isBuiltin(name)) {
      throw withCode(
        Error,
        'MODULE_NOT_FOUND',
        `Cannot find module '${name}': ${kBundled}, and there is no module of nano of this name`,
      );
    }
    return require(fullName(name));
  }
  required.resolve = (name) => {
    if (isBuiltin(name)) return name;
    throw withCode(Error, 'MODULE_NOT_FOUND', `Cannot find module '${name}': ${kBundled}`);
  };
  required.cache = { __proto__: null };
  required.main = undefined;
  return required;
}

class Module {
  constructor(id = '') {
    this.id = id;
    this.exports = {};
    this.loaded = false;
    this.children = [];
    this.paths = [];
  }

  require(name) {
    return createRequire('/')(name);
  }
}

const refuse = (name) => () => {
  throw notAvailable(`node:module: ${name}`, kBundled);
};

module.exports = Object.assign(Module, {
  Module,
  builtinModules,
  createRequire,
  isBuiltin,
  globalPaths: [],
  _cache: { __proto__: null },
  _extensions: { __proto__: null },
  _load: (name) => createRequire('/')(name),
  _resolveFilename: (name) => createRequire('/').resolve(name),
  _nodeModulePaths: () => [],
  wrap: (script) => `(function (exports, require, module, __filename, __dirname) { ${script}\n});`,
  syncBuiltinESMExports() {},
  findSourceMap: () => undefined,
  enableCompileCache: () => ({ status: 3 }),
  getCompileCacheDir: () => undefined,
  register: refuse('register'),
  registerHooks: refuse('registerHooks'),
  runMain: refuse('runMain'),
  findPackageJSON: refuse('findPackageJSON'),
  stripTypeScriptTypes: refuse('stripTypeScriptTypes'),
});
