// The runtimes by name, in the order of the table's columns.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Nano } from './nano.js';
import { ScriptRuntime } from './script.js';
import { Workerd } from './workerd.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const peers = path.join(repository, 'tests/wpt/peers/node_modules');
const arm = process.arch === 'arm64';

function installed(...parts) {
  const program = path.join(...parts);
  if (!existsSync(program)) throw new Error(`${program} is not there: make wpt installs it`);
  return program;
}

const makers = {
  nano: (build) => new Nano(path.resolve(build)),
  workerd: () =>
    new Workerd(installed(peers, `@cloudflare/workerd-linux-${arm ? 'arm64' : '64'}/bin/workerd`)),
  node: () =>
    new ScriptRuntime(
      'node',
      installed(repository, `node_modules/node-linux-${arm ? 'arm64' : 'x64'}/bin/node`),
      ['--no-warnings'],
    ),
  deno: () =>
    new ScriptRuntime('deno', installed(peers, `@deno/linux-${arm ? 'arm64' : 'x64'}-glibc/deno`), [
      'run',
      '--quiet',
      '--allow-all',
      '--no-config',
      '--no-lock',
      '--no-check',
    ]),
  bun: () =>
    new ScriptRuntime(
      'bun',
      installed(peers, `@oven/bun-linux-${arm ? 'aarch64' : 'x64'}/bin/bun`),
      [],
    ),
};

export const runtimeNames = Object.keys(makers);

export function makeRuntime(name, build) {
  const make = makers[name];
  if (!make) throw new Error(`no runtime ${name}; there are ${runtimeNames.join(', ')}`);
  return make(build);
}
