// The runner: see README.md, or --help.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { askApp } from './answer.js';
import { assetsApp } from './assets_app.js';
import { bundle, modulesOf } from './bundle.js';
import { judge } from './compare.js';
import { undocumented } from './documented.js';
import { Nano } from './runtimes/nano.js';
import { Workerd } from './runtimes/workerd.js';
import { nameOf, readRecord, readSuite, writeDifferences, writeRecord } from './suite.js';
import { startUpstream } from './upstream_server.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const usage = `run.js SUITE [APP...]   asks the apps of a suite on nano and compares with workerd's recorded answers
  --workerd        ask workerd too, and see that it still answers what is recorded
  --record         ask workerd only, and write its answers down
  --list           put the differences that there are into the apps' differences.json, for a reason
  --show=TEXT      print the answers to requests whose name has TEXT
  --build=DIR      the build tree (build/release)`;
const say = (text) => process.stderr.write(`differential: ${text}\n`);

/** By app; those of an app's assets by its name with `-assets`. */
function modulesOfSuite(esbuild, apps) {
  const modules = bundle(
    esbuild,
    apps.filter(({ entry }) => entry),
  );
  for (const { name, asItIs, assets } of apps) {
    if (asItIs) modules.set(name, modulesOf(asItIs.folder, asItIs.main));
    if (assets) modules.set(`${name}-assets`, assetsApp(assets));
  }
  return modules;
}

/** All answers of one runtime, by app and name of the request. */
async function askAll(runtime, { apps, upstream }, modules) {
  const server = upstream ? await startUpstream(upstream) : null;
  const replace = (text) =>
    server ? text.replaceAll(`127.0.0.1:${server.port}`, 'upstream.test') : text;
  const began = Date.now();
  try {
    const bindings = server ? { UPSTREAM: `http://127.0.0.1:${server.port}` } : {};
    await runtime.start(apps, modules, bindings);
    const started = Date.now();
    const answers = new Map();
    for (const app of apps) answers.set(app.name, await askOne(runtime, app, replace));
    say(`${runtime.name}: start ${started - began} ms, requests ${Date.now() - started} ms`);
    return answers;
  } finally {
    await runtime.stop();
    await server?.stop();
  }
}

/** @returns {Promise<Record<string, import('./answer.js').Answer>>} */
async function askOne(runtime, app, replace) {
  const at = { port: runtime.portOf(app), host: `${app.name}.localhost` };
  const requests = [...app.requests];
  if (app.listsCases) {
    const { json: paths, ...rest } = await askApp(at, { path: '/' }, replace);
    if (!paths) throw new Error(`${app.name} on ${runtime.name} lists no cases: ${rest.text}`);
    requests.unshift(...paths.map((one) => ({ name: one, path: one })));
  }
  const answers = {};
  for (const request of requests) answers[nameOf(request)] = await askApp(at, request, replace);
  return answers;
}

/**
 * @param {import('./compare.js').Known[]} [found] where what would be the right list is put
 * @returns {string[]} what is wrong with one app's answers on nano
 */
function judgeApp(app, expected, answers, found = []) {
  const wrong = [];
  const met = new Set();
  for (const name of new Set([...Object.keys(expected), ...Object.keys(answers)])) {
    if (!expected[name]) wrong.push(`${name}: no answer of workerd is recorded: run --record`);
    else if (!answers[name]) wrong.push(`${name}: is recorded, and there is no such request`);
    else {
      const known = app.differences.filter(({ request }) => request === name || request === '*');
      for (const { at, nano, why, line } of judge(expected[name], answers[name], known, met)) {
        wrong.push(`${name}: ${line}`);
        found.push({ request: name, at, nano, why });
      }
    }
  }
  found.unshift(...app.differences.filter((one) => met.has(one)));
  for (const one of app.differences) {
    if (!met.has(one)) wrong.push(`${one.request}: ${one.at} is listed, and does not differ so`);
  }
  return wrong.map((line) => `${app.name}: ${line}`);
}

function show(answers, text, errors = '') {
  process.stderr.write(errors);
  for (const [app, all] of answers) {
    for (const [name, answer] of Object.entries(all)) {
      if (name.includes(text)) console.log(app, name, JSON.stringify(answer, null, 1));
    }
  }
}

/** Asks workerd, and writes its answers or compares them with those that are written. */
async function askWorkerd(suite, modules, options) {
  const workerd = new Workerd();
  const answers = await askAll(workerd, suite, modules);
  if (options.show !== undefined) show(answers, options.show, workerd.errors);
  if (options.record) {
    for (const app of suite.apps) writeRecord(app, answers.get(app.name));
    return [];
  }
  return suite.apps.flatMap((app) =>
    judgeApp({ ...app, differences: [] }, readRecord(app), answers.get(app.name)).map(
      (line) => `workerd, against its record: ${line}`,
    ),
  );
}

async function main() {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      workerd: { type: 'boolean' },
      record: { type: 'boolean' },
      list: { type: 'boolean' },
      show: { type: 'string' },
      build: { type: 'string', default: path.join(repository, 'build/release') },
      help: { type: 'boolean' },
    },
  });
  if (options.help || positionals.length === 0) {
    console.log(usage);
    return Boolean(options.help);
  }
  const [folder, ...names] = positionals;
  const built = path.resolve(options.build, 'frameworks');
  const suite = await readSuite(path.resolve(folder), names, built);
  const esbuild = path.join(options.build, 'lib/nano/esbuild');
  if (!existsSync(esbuild)) throw new Error(`${options.build} has no esbuild: make build`);
  const modules = modulesOfSuite(path.resolve(esbuild), suite.apps);
  const wrong = [];
  if (options.workerd || options.record) wrong.push(...(await askWorkerd(suite, modules, options)));
  if (!options.record) {
    const answers = await askAll(new Nano(options.build), suite, modules);
    if (options.show !== undefined) show(answers, options.show);
    for (const app of suite.apps) {
      const found = [];
      wrong.push(...judgeApp(app, readRecord(app), answers.get(app.name), found));
      if (options.list) writeDifferences(app, found);
    }
    wrong.push(...undocumented(suite.apps));
  }
  wrong.forEach(say);
  return wrong.length === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  say(process.env.NANO_DIFFERENTIAL_DEBUG ? error.stack : error.message);
  process.exitCode = 2;
}
