// A nanod of a runner's own, with its state and socket in a directory that goes with it, and the
// control API on that socket.

import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endChild, lineOf } from './child.js';

const kNobody = 65534;
const kBoundary = 'nano-harness-boundary-7c1f';

/** @typedef {{name: string, type: string, content: string | Uint8Array}} Part of a form */

/** @param {Part[]} parts */
function multipart(parts) {
  const pieces = [];
  for (const { name, type, content } of parts) {
    pieces.push(
      `--${kBoundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n` +
        `Content-Type: ${type}\r\n\r\n`,
      content,
      '\r\n',
    );
  }
  pieces.push(`--${kBoundary}--\r\n`);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

/** The error of a control answer. */
function sayWhy(body) {
  try {
    return JSON.parse(body).errors[0].message;
  } catch {
    return body.slice(0, 300);
  }
}

function ask(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent: false, ...options }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode, body: Buffer.concat(pieces).toString() }),
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}

export class Nanod {
  /**
   * @param {string} build the build tree, as build/release
   * @param {{policy?: object, flags?: string[]}} options the operator's policy; flags of nanod
   */
  constructor(build, { policy = {}, flags = [] } = {}) {
    Object.assign(this, { build: path.resolve(build), policy, flags });
  }

  async start() {
    this.directory = mkdtempSync(path.join(tmpdir(), 'nano-runner-'));
    const [state, run, policyFile] = ['state', 'run', 'policy.json'].map((name) =>
      path.join(this.directory, name),
    );
    this.admin = path.join(run, 'admin.sock');
    writeFileSync(policyFile, JSON.stringify(this.policy));
    const flags = [
      '--http=127.0.0.1:0',
      `--state=${state}`,
      `--admin=${this.admin}`,
      `--policy=${policyFile}`,
      '--allow-weaker-sandbox=cgroup',
      '--minloglevel=1',
      ...this.flags,
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

  #at(tenant, app) {
    return {
      socketPath: this.admin,
      path: `/client/v4/accounts/${tenant}/workers/scripts/${app}`,
      headers: { Host: 'nano' },
    };
  }

  /**
   * @param {{tenant: string, app: string}} where
   * @param {object} metadata as wrangler's upload has it
   * @param {Part[]} modules
   * @returns {Promise<string | undefined>} why it was refused
   */
  async deploy({ tenant, app }, metadata, modules) {
    const body = multipart([
      { name: 'metadata', type: 'application/json', content: JSON.stringify(metadata) },
      ...modules,
    ]);
    const at = this.#at(tenant, app);
    Object.assign(at.headers, {
      'Content-Type': `multipart/form-data; boundary=${kBoundary}`,
      'Content-Length': body.length,
    });
    const answer = await ask({ ...at, method: 'PUT' }, body);
    return answer.status === 200 ? undefined : sayWhy(answer.body);
  }

  async remove({ tenant, app }) {
    await ask({ ...this.#at(tenant, app), method: 'DELETE' });
  }
}
