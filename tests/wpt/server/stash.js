// What handlers keep for each other between requests, by path and key: a value is taken once.

export class Stash {
  #values = new Map();
  #waiting = [];

  put(key, value, path) {
    this.#values.set(`${path}\n${key}`, value);
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** null without one. */
  take(key, path) {
    const name = `${path}\n${key}`;
    const value = this.#values.get(name) ?? null;
    this.#values.delete(name);
    return value;
  }

  /** Waits until there is one. */
  async takeWhenThere(key, path) {
    for (;;) {
      const value = this.take(key, path);
      if (value !== null) return value;
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
  }
}
