// nano: one nanod for all tests, an app for each, deployed over the control API and deleted after.

import { Nanod } from '../../harness/nanod.js';
import { requestReport } from './http.js';

/** A test may use what an app may be given at most; what it may reach is the stand-in server. */
const policy = {
  defaults: {
    cpu_ms: 30_000,
    cpu_average_ms: 30_000,
    block_ms: 30_000,
    startup_cpu_ms: 5000,
    wall_ms: 300_000,
    heap_mb: 512,
    buffers_mb: 512,
    subrequests: 1000,
    outbound_at_once: 32,
  },
  // Tests of WebAssembly compile bytes, and nano's peers but workerd let every program do so.
  tenant_defaults: { codegen: true },
  egress: { rules: [{ allow: { cidr: '127.0.0.0/8', ports: '1-65535' } }] },
};

export class Nano {
  name = 'nano';
  #build;
  #nanod;
  #count = 0;

  /** @param {string} build the build tree, as build/release */
  constructor(build) {
    this.#build = build;
  }

  start({ authority }) {
    const flags = [`--egress-ca=${authority}`, '--worker-memory-mb=2048'];
    this.#nanod = new Nanod(this.#build, { policy, flags });
    return this.#nanod.start();
  }

  stop() {
    return this.#nanod?.stop();
  }

  /** Tests that run at the same time have tenants, and so processes, of their own. */
  async run(test, text, { slot, timeoutMs }) {
    const where = { tenant: `wpt${slot}`, app: `t${this.#count++}` };
    const metadata = { body_part: 'test.js', nano: { codegen: true } };
    const script = { name: 'test.js', type: 'application/javascript', content: text };
    const refusal = await this.#nanod.deploy(where, metadata, [script]);
    if (refusal) return { crash: `deploy: ${refusal}` };
    const host = { Host: `${where.app}.${where.tenant}.localhost` };
    const outcome = await requestReport(
      { port: this.#nanod.port, host: '127.0.0.1', headers: host },
      timeoutMs,
    );
    await this.#nanod.remove(where);
    return outcome;
  }
}
