// workerd: a process for each test, which serves it and may reach loopback addresses.

import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endChild, lineOf } from '../../harness/child.js';
import { requestReport } from './http.js';

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "test", worker = (compatibilityDate = "2026-11-01",
      serviceWorkerScript = embed "test.js")),
    (name = "internet", network = (allow = ["public", "private", "local"],
      tlsOptions = (trustedCertificates = [embed "authority.pem"]))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "test")],
);
`;

export class Workerd {
  name = 'workerd';

  constructor(program) {
    this.program = program;
  }
  async start({ authority }) {
    this.authority = authority;
  }
  async stop() {}

  async run(test, text, { timeoutMs }) {
    const directory = mkdtempSync(path.join(tmpdir(), 'nano-wpt-workerd-'));
    writeFileSync(path.join(directory, 'test.js'), text);
    writeFileSync(path.join(directory, 'config.capnp'), config);
    copyFileSync(this.authority, path.join(directory, 'authority.pem'));
    const args = ['serve', path.join(directory, 'config.capnp'), '--control-fd=3'];
    const child = spawn(this.program, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (piece) => (errors = (errors + piece).slice(-2000)));
    try {
      const [, port] = await lineOf(child.stdio[3], /"port":(\d+)/, 'workerd');
      const outcome = await requestReport({ host: '127.0.0.1', port: Number(port) }, timeoutMs);
      if (outcome.crash) outcome.crash += ` ${errors.slice(0, 300)}`;
      return outcome;
    } catch (error) {
      return { crash: `${error.message} ${errors.slice(0, 300)}` };
    } finally {
      await endChild(child);
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
