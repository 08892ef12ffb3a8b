// What each runtime's tests reported, a line of JSON a test, so that a run that was ended goes on.

import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Result
 * @property {string} id
 * @property {string} directory
 * @property {string} status of the harness: OK, ERROR, TIMEOUT, PRECONDITION_FAILED; CRASH where
 *   there was no report
 * @property {string} message
 * @property {number} passed
 * @property {number} total
 * @property {[string, string, string][]} failures name, status, message
 */

export function makeResult(test, outcome) {
  const base = { id: test.id, directory: test.directory };
  if (outcome.report) return { ...base, ...outcome.report };
  return { ...base, status: 'CRASH', message: outcome.crash, passed: 0, total: 0, failures: [] };
}

export class Results {
  /** @type {Map<string, Result>} */
  #byId = new Map();

  constructor(directory, runtime) {
    this.runtime = runtime;
    mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, `results-${runtime}.jsonl`);
  }

  clear() {
    rmSync(this.file, { force: true });
    this.#byId.clear();
  }
  /** The last line of a test counts. */
  load() {
    if (!existsSync(this.file)) return;
    for (const line of readFileSync(this.file, 'utf8').split('\n')) {
      if (line === '') continue;
      const result = JSON.parse(line);
      this.#byId.set(result.id, result);
    }
  }
  add(result) {
    this.#byId.set(result.id, result);
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }
  get(id) {
    return this.#byId.get(id);
  }
  has(id) {
    return this.#byId.has(id);
  }
}
