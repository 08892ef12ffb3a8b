// node:console: the global, whose lines are the app's log.

const { Console: given } = console;
const kMethods = [
  'log',
  'info',
  'debug',
  'warn',
  'error',
  'dir',
  'dirxml',
  'table',
  'trace',
  'assert',
  'count',
  'countReset',
  'group',
  'groupCollapsed',
  'groupEnd',
  'time',
  'timeLog',
  'timeEnd',
];

/** Writes to streams; what needs more than a line is console's own. */
class Console {
  constructor(options, errors) {
    const isStream = typeof options?.write === 'function';
    const stdout = isStream ? options : options?.stdout;
    if (typeof stdout?.write !== 'function')
      throw new TypeError('Console expects a writable stream instance for stdout');
    const stderr = (isStream ? errors : options.stderr) ?? stdout;
    const { formatWithOptions } = require('node:util');
    let indentation = '';
    const writer =
      (stream) =>
      (...args) => {
        const text = formatWithOptions({}, ...args);
        stream.write(`${indentation}${text.replaceAll('\n', `\n${indentation}`)}\n`);
      };
    for (const name of kMethods) this[name] = console[name];
    for (const name of ['log', 'info', 'debug', 'dir', 'dirxml']) this[name] = writer(stdout);
    for (const name of ['warn', 'error', 'trace']) this[name] = writer(stderr);
    this.assert = (value, ...args) => value || this.warn('Assertion failed', ...args);
    this.group = (...args) => {
      if (args.length > 0) this.log(...args);
      indentation += '  ';
    };
    this.groupCollapsed = this.group;
    this.groupEnd = () => {
      indentation = indentation.slice(2);
    };
  }
}

const exported = { Console: given ?? Console };
for (const name of Object.keys(console)) exported[name] = console[name];
module.exports = Object.setPrototypeOf(exported, console);
