'use strict';
// HTMLRewriter, as Workers has it (developers.cloudflare.com/workers/runtime-apis/html-rewriter), over
// lol-html, which is what Workers has too.

const { give, refusal, take, toError } = require('nano:html_rewriter_instance');
const { wrapDocumentHandlers, wrapElementHandlers } = require('nano:html_rewriter_tokens');

/** What lol-html is given at a time: it keeps a copy. */
const kPieceBytes = 64 * 1024;

function handlersOf(value, context) {
  if (value === null) return {};
  if (typeof value === 'object' || typeof value === 'function') return value;
  throw new TypeError(`${context}: the handlers are no object`);
}

/** So much of a selector is in what is said of it. */
const kShownSelector = 80;

function shown(selector) {
  return selector.length > kShownSelector ? `${selector.slice(0, kShownSelector)}...` : selector;
}

/** Throws what is wrong with a selector. */
function checkSelector(selector) {
  const instance = take();
  const rewriter = new instance.Rewriter(() => {});
  try {
    rewriter.on(selector, {});
  } catch (error) {
    throw refusal(
      error,
      `Failed to execute 'on' on 'HTMLRewriter': '${shown(selector)}' is no selector that it takes`,
    );
  } finally {
    rewriter.free();
    give(instance);
  }
}

/** One document on its way: a source of a ReadableStream. */
class Rewriting {
  #reader;
  #registered;
  #instance = null;
  #rewriter = null;
  #made = [];

  /** @param {ReadableStreamDefaultReader} reader @param {(rewriter: any) => void} registered */
  constructor(reader, registered) {
    this.#reader = reader;
    this.#registered = registered;
  }

  async pull(controller) {
    try {
      if (this.#rewriter === null) this.#begin();
      while (this.#made.length === 0) {
        const { done, value } = await this.#reader.read();
        if (done) {
          await this.#rewriter.end();
          this.#end();
          this.#give(controller);
          controller.close();
          return;
        }
        await this.#write(value);
      }
      this.#give(controller);
    } catch (error) {
      // The instance may be in the middle of a call: it is not used again.
      const reason = toError(error);
      this.#reader.cancel(reason).catch(() => {});
      throw reason;
    }
  }

  cancel(reason) {
    return this.#reader.cancel(reason);
  }

  #begin() {
    this.#instance = take();
    this.#rewriter = new this.#instance.Rewriter((chunk) => {
      if (chunk.length > 0) this.#made.push(chunk);
    });
    this.#registered(this.#rewriter);
  }

  async #write(value) {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError('HTMLRewriter: a chunk of the body is no Uint8Array');
    }
    for (let at = 0; at < value.length; at += kPieceBytes) {
      await this.#rewriter.write(value.subarray(at, at + kPieceBytes));
    }
  }

  #end() {
    this.#rewriter.free();
    give(this.#instance);
  }

  /** In one piece: lol-html makes one for each token. */
  #give(controller) {
    const made = this.#made;
    this.#made = [];
    if (made.length === 0) return;
    const whole = new Uint8Array(made.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const chunk of made) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    controller.enqueue(whole);
  }
}

class HTMLRewriter {
  /** What each transformation begins with, in this order. */
  #steps = [];

  on(selector, handlers) {
    const text = `${selector}`;
    const wrapped = wrapElementHandlers(
      handlersOf(handlers, "Failed to execute 'on' on 'HTMLRewriter'"),
    );
    checkSelector(text);
    this.#steps.push((rewriter) => rewriter.on(text, wrapped));
    return this;
  }

  onDocument(handlers) {
    const wrapped = wrapDocumentHandlers(
      handlersOf(handlers, "Failed to execute 'onDocument' on 'HTMLRewriter'"),
    );
    this.#steps.push((rewriter) => rewriter.onDocument(wrapped));
    return this;
  }

  transform(response) {
    const context = "Failed to execute 'transform' on 'HTMLRewriter'";
    const steps = [...this.#steps];
    if (!(response instanceof Response)) {
      throw new TypeError(`${context}: parameter 1 is not of type 'Response'.`);
    }
    const { body } = response;
    // There is nothing that a handler could be told.
    if (body === null) return response;
    if (response.bodyUsed || body.locked) {
      throw new TypeError(`${context}: The body has been read already or is locked`);
    }
    const rewriting = new Rewriting(body.getReader(), (rewriter) => {
      for (const step of steps) step(rewriter);
    });
    const source = {
      pull: (controller) => rewriting.pull(controller),
      cancel: (reason) => rewriting.cancel(reason),
    };
    const transformed = new Response(new ReadableStream(source, { highWaterMark: 0 }), response);
    transformed.headers.delete('Content-Length');
    return transformed;
  }
}

// As the interfaces of Web IDL are.
for (const name of ['on', 'onDocument', 'transform']) {
  Object.defineProperty(HTMLRewriter.prototype, name, { enumerable: true });
}
Object.defineProperty(HTMLRewriter.prototype, Symbol.toStringTag, {
  configurable: true,
  value: 'HTMLRewriter',
});

module.exports = { HTMLRewriter };
