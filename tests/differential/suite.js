// A suite: a folder with apps, each a folder with its code, its requests and workerd's answers.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The same for both, so that neither is asked for behaviour of a past that the other lacks. */
const kCompatibilityDate = '2026-11-01';

/**
 * @typedef {object} App
 * @property {string} name
 * @property {string | undefined} entry the file that is bundled
 * @property {{folder: string, main: string} | undefined} asItIs a folder that is deployed without
 * @property {string | undefined} assets a folder that stands behind the binding ASSETS
 * @property {import('./answer.js').AppRequest[]} requests
 * @property {boolean} listsCases whether it answers `/` with paths that are requests as well
 * @property {import('./compare.js').Known[]} differences
 * @property {Record<string, string>} bindings
 * @property {Record<string, string>} entrypoints of the app itself, by the binding that leads there
 * @property {boolean} codegen whether it asks nano for leave to make code of strings
 * @property {string} compatibilityDate
 * @property {string[]} compatibilityFlags of workerd
 */

function entryOf(folder) {
  const name = ['index.js', 'index.jsx', 'index.ts', 'index.tsx'].find((one) =>
    existsSync(path.join(folder, one)),
  );
  if (!name) throw new Error(`${folder} has no index.js`);
  return path.join(folder, name);
}

function readDifferences(folder) {
  const file = path.join(folder, 'differences.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** Of an app that a framework builds, in the folder `built`; of another: its own file. */
function sourceOf(folder, built, { entry, asItIs, assets }) {
  const at = (name) => name && path.join(built, path.basename(folder), name);
  return {
    entry: asItIs ? undefined : (at(entry) ?? entryOf(folder)),
    asItIs: asItIs && { folder: at(asItIs.folder), main: asItIs.main },
    assets: at(assets),
  };
}

/** @returns {Promise<App>} */
async function readApp(folder, built) {
  const file = path.join(folder, 'requests.js');
  const said = existsSync(file) ? await import(pathToFileURL(file).href) : {};
  return {
    name: path.basename(folder),
    ...sourceOf(folder, built, said),
    requests: said.requests ?? [],
    listsCases: said.requests === undefined || said.listsCases === true,
    differences: readDifferences(folder),
    bindings: said.bindings ?? {},
    entrypoints: said.entrypoints ?? {},
    codegen: said.codegen === true,
    compatibilityDate: kCompatibilityDate,
    compatibilityFlags: said.compatibilityFlags ?? [],
    differencesFile: path.join(folder, 'differences.json'),
    recordFile: path.join(folder, 'workerd.json'),
  };
}

/**
 * @param {string} folder the suite's
 * @param {string[]} names those of its apps that are meant; none: all
 * @param {string} built where frameworks have built their apps
 */
export async function readSuite(folder, names, built) {
  const all = readdirSync(path.join(folder, 'apps')).sort();
  const unknown = names.find((name) => !all.includes(name));
  if (unknown) throw new Error(`${folder} has no app ${unknown}`);
  const apps = [];
  for (const name of names.length > 0 ? names : all)
    apps.push(await readApp(path.join(folder, 'apps', name), built));
  const upstream = path.join(folder, 'upstream.js');
  const handler = existsSync(upstream) ? (await import(pathToFileURL(upstream).href)).answer : null;
  return { apps, upstream: handler };
}

/** @returns {Record<string, import('./answer.js').Answer>} by the request's name */
export function readRecord({ recordFile }) {
  return existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : {};
}

export function writeRecord({ recordFile }, answers) {
  writeFileSync(recordFile, `${JSON.stringify(answers, null, 1)}\n`);
}

/** One a line. */
export function writeDifferences({ differencesFile }, differences) {
  if (differences.length === 0) return rmSync(differencesFile, { force: true });
  const lines = differences.map((one) => ` ${JSON.stringify(one)}`);
  writeFileSync(differencesFile, `[\n${lines.join(',\n')}\n]\n`);
}

/** The app behind an app's ASSETS. @param {App} app @returns {App} */
export function assetsOf({ name, compatibilityDate }) {
  return {
    name: `${name}-assets`,
    bindings: {},
    entrypoints: {},
    codegen: false,
    compatibilityDate,
    compatibilityFlags: [],
  };
}

/** Requests by their names, which are paths where a request has no other. */
export function nameOf(request) {
  return request.name ?? `${request.method ?? 'GET'} ${request.path}`;
}
