// Runtimes that run a script: Node.js, Deno, Bun. A process for each test, which loads its script
// and prints what the handler answers.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../harness/child.js';
import { readReport } from './http.js';

const main = fileURLToPath(new URL('script_main.js', import.meta.url));
const marker = '\n==== report ====\n';

export class ScriptRuntime {
  /** @param {string[]} flags what stands before the script */
  constructor(name, program, flags) {
    Object.assign(this, { name, program, flags, count: 0 });
  }
  async start({ authority }) {
    // As Node.js and Bun, and Deno call it.
    this.trust = { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority };
    this.directory = mkdtempSync(path.join(tmpdir(), `nano-wpt-${this.name}-`));
  }
  async stop() {
    if (this.directory) rmSync(this.directory, { recursive: true, force: true });
  }

  async run(test, text, { timeoutMs }) {
    // Deno would take the compiled code of another script of this path that is as long.
    const script = path.join(this.directory, `test${this.count++}.cjs`);
    writeFileSync(script, text);
    const own = { HOME: this.directory, DENO_DIR: this.directory, NO_COLOR: '1' };
    const env = { ...process.env, ...own, ...this.trust };
    delete env.NODE_OPTIONS;
    const ran = await runProgram(this.program, [...this.flags, main, script], { timeoutMs, env });
    const at = ran.output.indexOf(marker);
    if (at < 0) return { crash: `${ran.end}: ${ran.errors.slice(-600)}` };
    return readReport(ran.output.slice(at + marker.length));
  }
}
