// workerd: one process for all apps of a suite, with a port for each.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild } from '../../harness/child.js';
import { kindOf } from '../bundle.js';
import { assetsOf } from '../suite.js';

const program = fileURLToPath(
  new URL(
    `../peer/node_modules/@cloudflare/workerd-linux-${process.arch === 'arm64' ? 'arm64' : '64'}/bin/workerd`,
    import.meta.url,
  ),
);

const quote = (text) => JSON.stringify(text);

function serviceText(app, modules, bindings) {
  const moduleLines = modules.map(
    ({ name }) =>
      `(name = ${quote(name)}, ${kindOf(name).workerd} = embed ${quote(`${app.name}/${name}`)})`,
  );
  const bindingLines = Object.entries({ ...bindings, ...app.bindings }).map(
    ([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`,
  );
  if (app.assets) bindingLines.push(`(name = "ASSETS", service = ${quote(assetsOf(app).name)})`);
  for (const [name, entrypoint] of Object.entries(app.entrypoints)) {
    const service = `(name = ${quote(app.name)}, entrypoint = ${quote(entrypoint)})`;
    bindingLines.push(`(name = ${quote(name)}, service = ${service})`);
  }
  return (
    `(name = ${quote(app.name)}, worker = (` +
    `compatibilityDate = ${quote(app.compatibilityDate)}, ` +
    `compatibilityFlags = [${app.compatibilityFlags.map(quote).join(', ')}], ` +
    `modules = [${moduleLines.join(', ')}], bindings = [${bindingLines.join(', ')}], ` +
    `cacheApiOutbound = "cache"))`
  );
}

function configText(apps, modules, bindings) {
  const all = [...apps, ...apps.filter((app) => app.assets).map(assetsOf)];
  const services = all.map((app) => serviceText(app, modules.get(app.name), bindings));
  const sockets = apps.map(
    ({ name }) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(',\n    ')},
    (name = "cache", worker = (compatibilityDate = "2026-11-01",
      modules = [(name = "cache.js", esModule = embed "cache.js")])),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [
    ${sockets.join(',\n    ')},
  ],
);
`;
}

export class Workerd {
  name = 'workerd';
  #ports = new Map();

  async start(apps, modules, bindings) {
    if (!existsSync(program)) throw new Error(`${program} is not there: make test-differential`);
    this.directory = mkdtempSync(path.join(tmpdir(), 'nano-workerd-'));
    for (const [app, list] of modules) {
      for (const { name, content } of list) {
        const file = path.join(this.directory, app, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
    copyFileSync(new URL('cache.js', import.meta.url), path.join(this.directory, 'cache.js'));
    const config = path.join(this.directory, 'config.capnp');
    writeFileSync(config, configText(apps, modules, bindings));
    this.process = spawn(program, ['serve', config, '--control-fd=3'], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.errors = '';
    this.process.stderr.on('data', (piece) => (this.errors = (this.errors + piece).slice(-8000)));
    await this.#readPorts(apps.length);
  }

  #readPorts(count) {
    return new Promise((resolve, reject) => {
      let text = '';
      this.process.stdio[3].on('data', (piece) => {
        text += piece;
        for (const [, name, port] of text.matchAll(/"socket":"([^"]+)","port":(\d+)/g))
          this.#ports.set(name, Number(port));
        if (this.#ports.size === count) resolve();
      });
      this.process.once('close', () => reject(new Error(`workerd does not serve: ${this.errors}`)));
    });
  }

  portOf(app) {
    return this.#ports.get(app.name);
  }

  async stop() {
    if (this.process) await endChild(this.process);
    if (this.directory) rmSync(this.directory, { recursive: true, force: true });
  }
}
