// nano: one nanod for all tests, an app for each, deployed over the control API and deleted after.

import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, chmodSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endChild, lineOf } from './child.js';
import { request, requestReport } from './http.js';

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
const kNobody = 65534;

/** The error of a control answer. */
function sayWhy(body) {
  try {
    return JSON.parse(body).errors[0].message;
  } catch {
    return body.slice(0, 300);
  }
}

export class Nano {
  name = 'nano';
  #count = 0;

  /** @param {string} build the build tree, as build/release */
  constructor(build) {
    this.build = build;
  }

  async start({ authority }) {
    this.directory = mkdtempSync(path.join(tmpdir(), 'nano-wpt-'));
    const [state, run, policyFile] = ['state', 'run', 'policy.json'].map((name) =>
      path.join(this.directory, name),
    );
    this.admin = path.join(run, 'admin.sock');
    writeFileSync(policyFile, JSON.stringify(policy));
    const flags = [
      '--http=127.0.0.1:0',
      `--state=${state}`,
      `--admin=${this.admin}`,
      `--policy=${policyFile}`,
      `--egress_ca=${authority}`,
      '--worker_memory_mb=2048',
      '--allow_weaker_sandbox=cgroup',
      '--minloglevel=1',
    ];
    chmodSync(this.directory, 0o755);
    for (const folder of [state, run]) {
      mkdirSync(folder, { mode: 0o700 });
      // nanod refuses to serve as root.
      if (process.getuid() === 0) chownSync(folder, kNobody, kNobody);
    }
    if (process.getuid() === 0) flags.push('--user=nobody');
    this.process = spawn(path.join(this.build, 'bin/nanod'), flags, {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, port] = await lineOf(this.process.stdout, /serving http:.*:(\d+)/, 'nanod');
    this.port = Number(port);
  }

  async stop() {
    if (this.process) await endChild(this.process);
    if (this.directory) rmSync(this.directory, { recursive: true, force: true });
  }

  /** Tests that run at the same time have tenants, and so processes, of their own. */
  async run(test, text, { slot, timeoutMs }) {
    const app = `t${this.#count++}`;
    const tenant = `wpt${slot}`;
    const at = {
      socketPath: this.admin,
      path: `/client/v4/accounts/${tenant}/workers/scripts/${app}`,
    };
    const boundary = 'nano-wpt-boundary-7c1f';
    const part = (name, type, content) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n` +
      `Content-Type: ${type}\r\n\r\n${content}\r\n`;
    const metadata = { main_module: 'test.js', nano: { codegen: true } };
    const body =
      part('metadata', 'application/json', JSON.stringify(metadata)) +
      part('test.js', 'application/javascript+module', text) +
      `--${boundary}--\r\n`;
    const headers = {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': Buffer.byteLength(body),
      Host: 'nano',
    };
    const deployed = await request({ ...at, method: 'PUT', headers }, body);
    if (deployed.status !== 200) return { crash: `deploy: ${sayWhy(deployed.body)}` };
    const host = { Host: `${app}.${tenant}.localhost` };
    const outcome = await requestReport(
      { port: this.port, host: '127.0.0.1', headers: host },
      timeoutMs,
    );
    await request({ ...at, method: 'DELETE', headers: { Host: 'nano' } });
    return outcome;
  }
}
