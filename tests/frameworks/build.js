// Builds the projects for production, as their authors do, in copies below the build tree, and then
// asks them as the runner of tests/differential does.
//
//   build.js BUILD [FLAG...]: the flags are the runner's

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const commands = {
  astro: ['astro/bin/astro.mjs', 'build'],
  'react-router': ['@react-router/dev/bin.js', 'build'],
  sveltekit: ['vite/bin/vite.js', 'build'],
};
const kTimeoutMs = 240_000;
const [build, ...flags] = process.argv.slice(2);
const root = path.resolve(build, 'frameworks');
const env = {
  ...process.env,
  ASTRO_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  CI: '1',
};

/** @returns {boolean} whether it ended well */
function run(args, cwd) {
  const ran = spawnSync(process.execPath, args, {
    cwd,
    env,
    timeout: kTimeoutMs,
    encoding: 'utf8',
  });
  process.stderr.write(ran.status === 0 ? '' : `${args.join(' ')}\n${ran.stdout}${ran.stderr}\n`);
  return ran.status === 0;
}

function buildProject([name, [program, ...args]]) {
  const project = path.join(root, name);
  cpSync(path.join(here, 'projects', name), project, { recursive: true });
  const began = Date.now();
  const ended = run([path.join(here, 'node_modules', program), ...args], project);
  console.error(`${name}: built in ${Date.now() - began} ms`);
  return ended;
}

rmSync(root, { recursive: true, force: true });
mkdirSync(root, { recursive: true });
symlinkSync(path.join(here, 'node_modules'), path.join(root, 'node_modules'));
const areBuilt = Object.entries(commands).every(buildProject);
const runner = path.join(here, '../differential/run.js');
const args = [runner, `--build=${build}`, ...flags, here];
process.exitCode =
  areBuilt && spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0 ? 0 : 1;
