// The apps of a suite, bundled by one run of esbuild with the options that nanoctl deploy has
// (nanoctl/app_modules.cc).

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
  ...nodeBuiltins().map((name) => `--external:${name}`),
];
/** For bundles whose CommonJS packages call require() for modules of Node.js. */
const kRequire =
  '--banner:js=import { createRequire as nanoCreateRequire } from "node:module"; ' +
  'const require = nanoCreateRequire("/");';

/** The names that nanoctl leaves to nano where they have no `node:`. */
function nodeBuiltins() {
  const header = readFileSync(new URL('../../nanoctl/node_builtins.h', import.meta.url), 'utf8');
  return [...header.matchAll(/^ +"(\w+)",$/gm)].map(([, name]) => name);
}

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

/** @returns {object} the metafile */
function runEsbuild(esbuild, apps, out, more = []) {
  const meta = path.join(out, 'meta.json');
  const entries = apps.map(({ name, entry }) => `${name}=${entry}`);
  const args = [...kOptions, ...more, `--outdir=${path.join(out, 'out')}`, `--metafile=${meta}`];
  const ran = spawnSync(esbuild, [...args, ...entries], { cwd: out, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`the apps do not build:\n${ran.stderr}`);
  return JSON.parse(readFileSync(meta, 'utf8')).outputs;
}

/**
 * @param {string} esbuild the program
 * @param {{name: string, entry: string}[]} apps
 * @returns {Map<string, Module[]>} each app's modules, the main one first
 */
export function bundle(esbuild, apps) {
  if (apps.length === 0) return new Map();
  const out = mkdtempSync(path.join(tmpdir(), 'nano-bundles-'));
  try {
    const outputs = runEsbuild(esbuild, apps, out);
    const mainOf = ({ name }) => `out/${name}.js`;
    const callers = apps.filter((app) =>
      outputs[mainOf(app)].imports.some(({ kind }) => kind === 'require-call'),
    );
    if (callers.length > 0) runEsbuild(esbuild, callers, out, [kRequire]);
    const read = (file) => ({
      name: path.basename(file),
      content: readFileSync(path.join(out, file)),
    });
    return new Map(
      apps.map((app) => {
        const beside = outputs[mainOf(app)].imports.map((one) => one.path);
        return [app.name, [mainOf(app), ...beside.filter((file) => outputs[file])].map(read)];
      }),
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/**
 * The modules of a folder that is deployed as it is.
 * @param {string} folder @param {string} main
 * @returns {Module[]} the main one first
 */
export function modulesOf(folder, main) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.m?js$/.test(name));
  names.sort((a, b) => Number(b === main) - Number(a === main));
  return names.map((name) => ({ name, content: readFileSync(path.join(folder, name)) }));
}
