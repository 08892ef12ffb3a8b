// util.parseArgs.

const { check, withCode } = require('nano:errors');

function fail(code, message) {
  throw withCode(TypeError, code, message);
}

class Parser {
  constructor({
    args = [],
    options = {},
    strict = true,
    allowPositionals = !strict,
    allowNegative = false,
    tokens = false,
  } = {}) {
    check.object(options, 'options');
    Object.assign(this, {
      args: [...args],
      options,
      strict,
      allowPositionals,
      allowNegative,
      wantsTokens: tokens,
    });
    this.values = { __proto__: null };
    this.positionals = [];
    this.tokens = [];
  }

  run() {
    for (let index = 0; index < this.args.length; index++) {
      const word = this.args[index];
      if (word === '--') {
        this.tokens.push({ kind: 'option-terminator', index });
        this.args
          .slice(index + 1)
          .forEach((value, offset) => this.addPositional(value, index + 1 + offset));
        break;
      }
      if (word.startsWith('--')) index = this.long(word, index);
      else if (word.length > 1 && word.startsWith('-')) index = this.short(word, index);
      else this.addPositional(word, index);
    }
    for (const [name, option] of Object.entries(this.options)) {
      if (option.default !== undefined && this.values[name] === undefined)
        this.values[name] = option.default;
    }
    const { values, positionals, tokens } = this;
    return this.wantsTokens ? { values, positionals, tokens } : { values, positionals };
  }

  addPositional(value, index) {
    if (!this.allowPositionals) {
      fail(
        'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL',
        `Unexpected argument '${value}'. This command does not take positional arguments`,
      );
    }
    this.positionals.push(value);
    this.tokens.push({ kind: 'positional', index, value });
  }

  long(word, index) {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals === -1 ? undefined : equals);
    return this.option(
      name,
      equals === -1 ? undefined : word.slice(equals + 1),
      index,
      `--${name}`,
    );
  }

  short(word, index) {
    let at = index;
    for (let i = 1; i < word.length; i++) {
      const letter = word[i];
      const found = Object.entries(this.options).find(([, option]) => option.short === letter);
      const name = found === undefined ? letter : found[0];
      const takesValue = this.options[name]?.type === 'string';
      const rest = word.slice(i + 1);
      at = this.option(name, takesValue && rest !== '' ? rest : undefined, at, `-${letter}`);
      if (takesValue) break;
    }
    return at;
  }

  /** Gives the index of the last word that it used. */
  option(written, inline, index, rawName) {
    const isNegative =
      this.allowNegative && written.startsWith('no-') && this.options[written] === undefined;
    const name = isNegative ? written.slice(3) : written;
    const option = this.options[name];
    if (option === undefined && this.strict)
      fail('ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${rawName}'`);
    let value = inline;
    let last = index;
    if (option?.type === 'string') {
      const next = this.args[index + 1];
      if (
        value === undefined &&
        next !== undefined &&
        !(this.strict && next.startsWith('-') && next.length > 1)
      ) {
        value = next;
        last = index + 1;
      }
      if (value === undefined && this.strict)
        fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${rawName} <value>' argument missing`);
    } else if (value !== undefined && this.strict) {
      fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${rawName}' does not take an argument`);
    }
    this.tokens.push({
      kind: 'option',
      name,
      rawName,
      index,
      value,
      inlineValue: value === undefined ? undefined : inline !== undefined,
    });
    this.store(name, option, value ?? !isNegative);
    return last;
  }

  store(name, option, value) {
    if (!option?.multiple) this.values[name] = value;
    else if (this.values[name] === undefined) this.values[name] = [value];
    else this.values[name].push(value);
  }
}

exports.parseArgs = (config) => new Parser(config).run();
