// One test file as the script of an app: the harness, the scripts that META names and the test, in
// one function, because they share their declarations as scripts of one page do. It is a classic
// script, as a test in a browser: modules are strict, and some tests are not.

import { readFileSync } from 'node:fs';
import { adaptIdlHarness } from './idl_harness.js';
import { readScript } from './server/static_files.js';

const appText = ['page.js', 'run_test.js'].map((name) =>
  readFileSync(new URL(`app/${name}`, import.meta.url), 'utf8'),
);

/** What the harness would take for a worker of a browser, and wait for its page. */
const hiddenFromHarness = [
  'WorkerGlobalScope',
  'DedicatedWorkerGlobalScope',
  'SharedWorkerGlobalScope',
  'ServiceWorkerGlobalScope',
];

const missing = (name) =>
  `throw new Error(${JSON.stringify(`no script ${name} in the checkout`)});\n`;

function pathOfScript(test, name) {
  return new URL(name, `http://x/${test.file}`).pathname;
}

/** The scripts that a worker imports stand where it imports them. */
async function inlineImports(text, load) {
  const pieces = [];
  let rest = text;
  for (let match; (match = /^[ \t]*importScripts\(([^)]*)\);?/m.exec(rest));) {
    pieces.push(rest.slice(0, match.index));
    for (const [, name] of match[1].matchAll(/["'`]([^"'`]*)["'`]/g)) {
      if (!name.endsWith('/testharness.js')) pieces.push(await load(name));
    }
    rest = rest.slice(match.index + match[0].length);
  }
  return [...pieces, rest].join('\n');
}

const matches = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

/** Functions of a script are properties of its global, where idlharness.js looks for its own. */
function publishFunctions(text) {
  const names = new Set(matches(text, /^(?:async )?function\*? ([A-Za-z_$][\w$]*)/gm));
  return [...names].map((name) => `try { globalThis.${name} ??= ${name}; } catch {}`).join('\n');
}

/**
 * @param {import('./test_list.js').Test} test
 * @param {{root: string, places: object, origin: string}} server
 */
export async function makeScript(test, server, timeoutMs) {
  const read = async (file) =>
    (await readScript(server.root, file, server.places)) ?? missing(file);
  const load = (name) => read(pathOfScript(test, name));
  const scripts = [];
  for (const name of test.scripts) scripts.push(await load(name));
  const text = await read(`/${test.file}`);
  const own = test.isWorker ? await inlineImports(text, load) : text;
  const isIdl = test.scripts.some((name) => name.endsWith('/idlharness.js'));
  const joined = scripts.join('\n');
  const all = isIdl ? adaptIdlHarness(joined, own) : `${joined}\n${own}`;
  const resources = /["']resource["']/.test(own) ? ['/resources/testharness.js'] : [];
  const page = { url: `${server.origin}/${test.id}`, title: test.title, resources };
  return [
    // Libraries of tests would take the names of CommonJS for theirs.
    `(function (serve, module, exports, require) {`,
    ...appText,
    `function loadHarness() {`,
    ...hiddenFromHarness.map((name) => `const ${name} = class {};`),
    await read('/resources/testharness.js'),
    `}`,
    `function loadTest() {`,
    publishFunctions(all),
    all,
    `}`,
    `const page = ${JSON.stringify(page)};`,
    `const timeoutMs = ${timeoutMs};`,
    `serve(async () => new Response(await runTest({ page, timeoutMs, loadHarness, loadTest })));`,
    `})(`,
    `  typeof module === 'object'`,
    `    ? (answer) => (module.exports = { fetch: answer })`,
    `    : (answer) => addEventListener('fetch', (event) => event.respondWith(answer())),`,
    `);`,
    '',
  ].join('\n');
}

export function scriptFileName(test) {
  return `${test.id.replace(/[^a-zA-Z0-9.-]+/g, '_').slice(-150)}.cjs`;
}
