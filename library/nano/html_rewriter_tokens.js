'use strict';
// What a handler of HTMLRewriter is given. Each stands for one of lol-html's own, which is there until
// the handler is done.

const { refusal } = require('nano:html_rewriter_instance');

function call(native, method, args) {
  try {
    return native[method](...args);
  } catch (error) {
    throw refusal(error);
  }
}

function read(native, name) {
  try {
    return native[name];
  } catch (error) {
    throw refusal(error);
  }
}

function write(native, name, value) {
  try {
    native[name] = `${value}`;
  } catch (error) {
    throw refusal(error);
  }
}

/** What comes later: a stream, or a response's body. */
function textOf(content) {
  if (content instanceof Response) return content.text();
  if (content instanceof ReadableStream) return new Response(content).text();
  return undefined;
}

class Token {
  #native;
  /** Set while something is waited for; what comes after it waits too. @type {Promise<void> | null} */
  #queue = null;

  constructor(native) {
    this.#native = native;
  }

  static nativeOf(token) {
    return token.#native;
  }

  /** What the handler's end has to wait for. */
  static queueOf(token) {
    return token.#queue;
  }

  static insert(token, method, content, options) {
    const settings = { html: Boolean(options?.html) };
    const later = textOf(content);
    if (later === undefined && token.#queue === null) {
      call(token.#native, method, [`${content}`, settings]);
      return token;
    }
    const text = later ?? Promise.resolve(`${content}`);
    const before = token.#queue ?? Promise.resolve();
    token.#queue = Promise.all([text, before]).then(([ready]) => {
      call(token.#native, method, [ready, settings]);
    });
    // Whoever waits for the handler sees it.
    token.#queue.catch(() => {});
    return token;
  }
}
const { insert, nativeOf, queueOf } = Token;
delete Token.insert;
delete Token.nativeOf;
delete Token.queueOf;

/** What can be put somewhere else, or away. */
class Content extends Token {
  before(content, options = undefined) {
    return insert(this, 'before', content, options);
  }

  after(content, options = undefined) {
    return insert(this, 'after', content, options);
  }

  replace(content, options = undefined) {
    return insert(this, 'replace', content, options);
  }

  remove() {
    call(nativeOf(this), 'remove', []);
    return this;
  }

  get removed() {
    return read(nativeOf(this), 'removed');
  }
}

class EndTag extends Token {
  before(content, options = undefined) {
    return insert(this, 'before', content, options);
  }

  after(content, options = undefined) {
    return insert(this, 'after', content, options);
  }

  remove() {
    call(nativeOf(this), 'remove', []);
    return this;
  }

  get name() {
    return read(nativeOf(this), 'name');
  }

  set name(value) {
    write(nativeOf(this), 'name', value);
  }
}

class Element extends Content {
  get tagName() {
    return read(nativeOf(this), 'tagName');
  }

  set tagName(value) {
    write(nativeOf(this), 'tagName', value);
  }

  get namespaceURI() {
    return read(nativeOf(this), 'namespaceURI');
  }

  /** An iterator of [name, value]. */
  get attributes() {
    return read(nativeOf(this), 'attributes')[Symbol.iterator]();
  }

  getAttribute(name) {
    return call(nativeOf(this), 'getAttribute', [`${name}`]);
  }

  hasAttribute(name) {
    return call(nativeOf(this), 'hasAttribute', [`${name}`]);
  }

  setAttribute(name, value) {
    call(nativeOf(this), 'setAttribute', [`${name}`, `${value}`]);
    return this;
  }

  removeAttribute(name) {
    call(nativeOf(this), 'removeAttribute', [`${name}`]);
    return this;
  }

  prepend(content, options = undefined) {
    return insert(this, 'prepend', content, options);
  }

  append(content, options = undefined) {
    return insert(this, 'append', content, options);
  }

  setInnerContent(content, options = undefined) {
    return insert(this, 'setInnerContent', content, options);
  }

  removeAndKeepContent() {
    call(nativeOf(this), 'removeAndKeepContent', []);
    return this;
  }

  onEndTag(handler) {
    if (typeof handler !== 'function') {
      throw new TypeError("Failed to execute 'onEndTag' on 'Element': the handler is no function");
    }
    // A later one is in the place of an earlier one, as on Workers.
    call(nativeOf(this), 'onEndTag', [(native) => run(undefined, handler, new EndTag(native))]);
  }
}

class Comment extends Content {
  get text() {
    return read(nativeOf(this), 'text');
  }

  set text(value) {
    write(nativeOf(this), 'text', value);
  }
}

class Text extends Content {
  get text() {
    return read(nativeOf(this), 'text');
  }

  get lastInTextNode() {
    return read(nativeOf(this), 'lastInTextNode');
  }
}

class Doctype extends Token {
  get name() {
    return read(nativeOf(this), 'name') ?? null;
  }

  get publicId() {
    return read(nativeOf(this), 'publicId') ?? null;
  }

  get systemId() {
    return read(nativeOf(this), 'systemId') ?? null;
  }
}

class DocumentEnd extends Token {
  append(content, options = undefined) {
    return insert(this, 'append', content, options);
  }
}

const isThenable = (value) =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof value.then === 'function';

/** A promise where there is something to wait for: lol-html goes on when it is fulfilled. */
function run(handlers, handler, token) {
  const result = Reflect.apply(handler, handlers, [token]);
  if (!isThenable(result)) return queueOf(token) ?? undefined;
  return Promise.resolve(result).then(() => queueOf(token));
}

/** For lol-html: what `handlers` has of these, [name, class, ...], as it is now. */
function wrapHandlers(handlers, kinds) {
  const wrapped = {};
  for (let i = 0; i < kinds.length; i += 2) {
    const handler = handlers[kinds[i]];
    if (handler === undefined || handler === null) continue;
    if (typeof handler !== 'function') {
      throw new TypeError(`HTMLRewriter: the handler '${kinds[i]}' is no function`);
    }
    const Kind = kinds[i + 1];
    wrapped[kinds[i]] = (native) => run(handlers, handler, new Kind(native));
  }
  return wrapped;
}

const kElementHandlers = ['element', Element, 'comments', Comment, 'text', Text];
const kDocumentHandlers = [
  'doctype',
  Doctype,
  'comments',
  Comment,
  'text',
  Text,
  'end',
  DocumentEnd,
];

module.exports = {
  wrapElementHandlers: (handlers) => wrapHandlers(handlers, kElementHandlers),
  wrapDocumentHandlers: (handlers) => wrapHandlers(handlers, kDocumentHandlers),
};
