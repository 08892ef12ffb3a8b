// node:process, also the global: what programs look at to find out where they run. It imports
// nothing, since many look.

const { environment, has, report } = nano;

const kVersion = '24.12.0';
const kStarted = performance.now();

function notAvailable(name, why) {
  const error = new Error(`process.${name} is not available on nano: ${why}`);
  error.code = 'ERR_METHOD_NOT_IMPLEMENTED';
  return error;
}

const refuse = (name, why) =>
  ({
    [name]() {
      throw notAvailable(name, why);
    },
  })[name];

const listeners = new Map();

function remember(event, listener) {
  if (!listeners.has(event)) listeners.set(event, []);
  listeners.get(event).push(listener);
  return process;
}

function rememberOnce(event, listener) {
  function once(...args) {
    forget(event, once);
    return Reflect.apply(listener, this, args);
  }
  once.listener = listener;
  return remember(event, once);
}

function forget(event, listener) {
  const list = listeners.get(event) ?? [];
  const index = list.findIndex((known) => known === listener || known.listener === listener);
  if (index !== -1) list.splice(index, 1);
  return process;
}

/** Whatever is assigned becomes a text, as in the environment of a program. */
const texts = (variables) =>
  new Proxy(variables, {
    set(target, name, value) {
      if (typeof name === 'symbol' || typeof value === 'symbol') {
        throw new TypeError('Cannot convert a Symbol value to a string');
      }
      target[name] = `${value}`;
      return true;
    },
  });

/** What is written is a line of the app's log; the line break at its end is that line's. */
function outputTo(method, fd) {
  return {
    fd,
    isTTY: false,
    writable: true,
    columns: 80,
    write(chunk, encoding, done) {
      const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      console[method](text.replace(/\n$/, ''));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') process.nextTick(callback);
      return true;
    },
    end(chunk) {
      if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk);
      return this;
    },
    on() {
      return this;
    },
    once() {
      return this;
    },
    off() {
      return this;
    },
    removeListener() {
      return this;
    },
    emit: () => false,
    hasColors: () => false,
    getColorDepth: () => 1,
    getWindowSize: () => [80, 24],
  };
}

function hrtime(previous) {
  const now = performance.now();
  const seconds = Math.floor(now / 1000);
  const nanos = Math.round((now % 1000) * 1e6);
  if (previous === undefined) return [seconds, nanos];
  const difference = nanos - previous[1];
  return [
    seconds - previous[0] - (difference < 0 ? 1 : 0),
    difference + (difference < 0 ? 1e9 : 0),
  ];
}
hrtime.bigint = () => BigInt(Math.round(performance.now() * 1e6));

function nextTick(callback, ...args) {
  if (typeof callback !== 'function') {
    const error = new TypeError(
      `The "callback" argument must be of type function. Received ${typeof callback}`,
    );
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  queueMicrotask(() => callback(...args));
}

function emitWarning(warning, type, code) {
  const options = typeof type === 'object' && type !== null ? type : { type, code };
  const name = warning instanceof Error ? warning.name : (options.type ?? 'Warning');
  const label = options.code === undefined ? '' : `[${options.code}] `;
  const message = warning instanceof Error ? warning.message : warning;
  console.warn(`(node) ${label}${name}: ${message}`);
}

const memoryUsage = () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 });
memoryUsage.rss = () => 0;

const noFiles = 'apps have no file system';
const oneProcess = 'apps share their process';

const process = {
  title: 'nano',
  version: `v${kVersion}`,
  versions: { node: kVersion, v8: '14.6.202.34', uv: '1.51.0', modules: '137', nano: '0.1.0' },
  release: { name: 'node', lts: 'Krypton' },
  arch: 'x64',
  platform: 'linux',
  argv: ['nano'],
  argv0: 'nano',
  execArgv: [],
  execPath: '',
  pid: 1,
  ppid: 0,
  exitCode: undefined,
  config: { variables: {}, target_defaults: {} },
  features: { inspector: false, ipv6: true, tls: true, typescript: false, require_module: true },
  allowedNodeEnvironmentFlags: new Set(),
  noDeprecation: true,
  env: texts(environment()),
  stdin: {
    fd: 0,
    isTTY: false,
    on() {
      return this;
    },
    once() {
      return this;
    },
    read: () => null,
    resume() {},
    pause() {},
  },
  stdout: outputTo('log', 1),
  stderr: outputTo('error', 2),
  nextTick,
  hrtime,
  emitWarning,
  memoryUsage,
  uptime: () => (performance.now() - kStarted) / 1000,
  cwd: () => '/',
  umask: () => 0o22,
  cpuUsage: () => ({ user: 0, system: 0 }),
  resourceUsage: () => ({ userCPUTime: 0, systemCPUTime: 0, maxRSS: 0 }),
  constrainedMemory: () => 0,
  availableMemory: () => 0,
  getuid: () => 0,
  geteuid: () => 0,
  getgid: () => 0,
  getegid: () => 0,
  getgroups: () => [0],
  getActiveResourcesInfo: () => [],
  setUncaughtExceptionCaptureCallback() {},
  hasUncaughtExceptionCaptureCallback: () => false,
  setSourceMapsEnabled() {},
  ref() {},
  unref() {},
  on: remember,
  once: rememberOnce,
  addListener: remember,
  prependListener: remember,
  prependOnceListener: rememberOnce,
  off: forget,
  removeListener: forget,
  removeAllListeners(event) {
    if (event === undefined) listeners.clear();
    else listeners.delete(event);
    return process;
  },
  listeners: (event) => [...(listeners.get(event) ?? [])],
  rawListeners: (event) => [...(listeners.get(event) ?? [])],
  listenerCount: (event) => listeners.get(event)?.length ?? 0,
  eventNames: () => [...listeners.keys()],
  setMaxListeners: () => process,
  getMaxListeners: () => 10,
  /** Listeners are for what the host would tell, and it tells nothing; a program may, itself. */
  emit(event, ...args) {
    const list = [...(listeners.get(event) ?? [])];
    for (const listener of list) {
      try {
        Reflect.apply(listener, process, args);
      } catch (error) {
        report(error);
      }
    }
    return list.length > 0;
  },
  getBuiltinModule(name) {
    const full = `${name}`.startsWith('node:') ? `${name}` : `node:${name}`;
    return has(full) ? require(full) : undefined;
  },
  exit: refuse('exit', `${oneProcess}; return from the handler, or throw`),
  reallyExit: refuse('reallyExit', oneProcess),
  abort: refuse('abort', oneProcess),
  kill: refuse('kill', oneProcess),
  chdir: refuse('chdir', noFiles),
  dlopen: refuse('dlopen', 'it runs no native code'),
  binding: refuse('binding', 'Node.js has it for itself'),
  loadEnvFile: refuse('loadEnvFile', noFiles),
  setuid: refuse('setuid', oneProcess),
  setgid: refuse('setgid', oneProcess),
};

Object.defineProperty(process, Symbol.toStringTag, { configurable: true, value: 'process' });

module.exports = process;
