// util.MIMEType.

const { withCode } = require('nano:errors');

const kToken = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;

function invalid(what, text) {
  return withCode(
    TypeError,
    'ERR_INVALID_MIME_SYNTAX',
    `The MIME syntax for a ${what} in ${JSON.stringify(text)} is invalid`,
  );
}

class MIMEParams {
  #map = new Map();

  delete(name) {
    this.#map.delete(`${name}`);
  }

  get(name) {
    return this.#map.get(`${name}`) ?? null;
  }

  has(name) {
    return this.#map.has(`${name}`);
  }

  set(name, value) {
    if (!kToken.test(name)) throw invalid('parameter name', `${name}`);
    this.#map.set(`${name}`, `${value}`);
  }

  entries() {
    return this.#map.entries();
  }

  keys() {
    return this.#map.keys();
  }

  values() {
    return this.#map.values();
  }

  [Symbol.iterator]() {
    return this.#map.entries();
  }

  toString() {
    const write = (value) => (kToken.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`);
    return [...this.#map].map(([name, value]) => `${name}=${write(value)}`).join(';');
  }

  toJSON() {
    return this.toString();
  }
}

class MIMEType {
  #type;
  #subtype;
  #params = new MIMEParams();

  constructor(input) {
    const text = `${input}`;
    const [essence, ...rest] = text.trim().split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    const [type, subtype] = essence.trim().split('/');
    if (!kToken.test(type ?? '')) throw invalid('type', text);
    if (!kToken.test(subtype ?? '')) throw invalid('subtype', text);
    this.#type = type.toLowerCase();
    this.#subtype = subtype.toLowerCase();
    for (const part of rest) {
      const [, name, quoted, plain] = /^\s*([^=\s]+)=(?:"((?:\\.|[^"])*)"|(.*))$/.exec(part) ?? [];
      if (name === undefined || !kToken.test(name) || this.#params.has(name.toLowerCase()))
        continue;
      this.#params.set(
        name.toLowerCase(),
        quoted === undefined ? plain.trim() : quoted.replace(/\\(.)/g, '$1'),
      );
    }
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    if (!kToken.test(value)) throw invalid('type', `${value}`);
    this.#type = `${value}`.toLowerCase();
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    if (!kToken.test(value)) throw invalid('subtype', `${value}`);
    this.#subtype = `${value}`.toLowerCase();
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#params;
  }

  toString() {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }

  toJSON() {
    return this.toString();
  }
}

module.exports = { MIMEType, MIMEParams };
