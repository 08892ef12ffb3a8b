// The apps of a suite, bundled by one run of esbuild with the options that nanoctl deploy has
// (nanoctl/app_modules.cc).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const kOptions = [
  '--bundle',
  '--format=esm',
  '--target=es2024',
  '--platform=neutral',
  '--main-fields=browser,module,main',
  '--conditions=workerd,worker,browser',
  '--define:process.env.NODE_ENV="production"',
  '--loader:.txt=copy',
  '--loader:.html=copy',
  '--loader:.sql=copy',
  '--loader:.bin=copy',
  '--loader:.wasm=copy',
  '--external:node:*',
  '--external:cloudflare:*',
  '--log-level=error',
  '--color=false',
];

/** What an import yields, by the file's ending; the type of the upload, the word of workerd. */
const kinds = {
  '.js': { type: 'application/javascript+module', workerd: 'esModule' },
  '.mjs': { type: 'application/javascript+module', workerd: 'esModule' },
  '.json': { type: 'application/json', workerd: 'json' },
  '.txt': { type: 'text/plain', workerd: 'text' },
  '.html': { type: 'text/plain', workerd: 'text' },
  '.sql': { type: 'text/plain', workerd: 'text' },
  '.bin': { type: 'application/octet-stream', workerd: 'data' },
  '.wasm': { type: 'application/wasm', workerd: 'wasm' },
};

export function kindOf(name) {
  const kind = kinds[path.extname(name)];
  if (!kind) throw new Error(`${name}: no runtime imports a file with this ending`);
  return kind;
}

/** @typedef {{name: string, content: Uint8Array}} Module */

/**
 * @param {string} esbuild the program
 * @param {{name: string, entry: string}[]} apps
 * @returns {Map<string, Module[]>} each app's modules, the main one first
 */
export function bundle(esbuild, apps) {
  const out = mkdtempSync(path.join(tmpdir(), 'nano-bundles-'));
  try {
    const meta = path.join(out, 'meta.json');
    const ran = spawnSync(
      esbuild,
      [
        ...kOptions,
        `--outdir=${path.join(out, 'out')}`,
        `--metafile=${meta}`,
        ...apps.map(({ name, entry }) => `${name}=${entry}`),
      ],
      { cwd: out, encoding: 'utf8' },
    );
    if (ran.status !== 0) throw new Error(`the apps do not build:\n${ran.stderr}`);
    const { outputs } = JSON.parse(readFileSync(meta, 'utf8'));
    const read = (file) => ({
      name: path.basename(file),
      content: readFileSync(path.join(out, file)),
    });
    return new Map(
      apps.map(({ name }) => {
        const main = `out/${name}.js`;
        const beside = outputs[main].imports.map((one) => one.path);
        return [name, [main, ...beside.filter((file) => outputs[file])].map(read)];
      }),
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
