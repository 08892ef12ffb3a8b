// Which tests there are: *.any.js and *.worker.js below the given paths, one for each variant.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Test
 * @property {string} id the path below the checkout, with the variant's query
 * @property {string} file the path alone
 * @property {string} directory
 * @property {string} variant "" or "?..."
 * @property {string} title
 * @property {boolean} isLong
 * @property {string[]} scripts as META says
 * @property {boolean} isWorker a worker's own script, which imports what it needs
 */

/** Needs what no runtime here is asked for: a page, a service worker, HTTP/2. */
function reasonToLeaveOut(name, globals) {
  if (/\.h2\./.test(name)) return 'needs HTTP/2';
  const served = ['worker', 'dedicatedworker', 'dedicatedworker-module'];
  if (globals.length && !globals.some((one) => served.includes(one))) {
    return `only for ${globals.join(', ')}`;
  }
  return null;
}

function readMeta(text) {
  const meta = { script: [], variant: [], global: [] };
  for (const line of text.split('\n')) {
    const [, key, value] = /^\/\/\s*META:\s*(\w+)=(.*?)\s*$/.exec(line) ?? [];
    if (!key) {
      if (line.trim() !== '' && !line.startsWith('//')) break;
      continue;
    }
    if (key === 'global') meta.global.push(...value.split(',').map((one) => one.trim()));
    else if (Array.isArray(meta[key])) meta[key].push(value);
    else meta[key] = value;
  }
  return meta;
}

/** The files of a folder and of those in it, sorted. */
function filesBelow(root, below) {
  const at = path.join(root, below);
  if (statSync(at).isFile()) return [below];
  const names = readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return names.flatMap((entry) => {
    const name = path.posix.join(below, entry.name);
    if (entry.isDirectory()) return filesBelow(root, name);
    return entry.isFile() ? [name] : [];
  });
}

const needsTls = (variant) => /[?&](wss|wpt_flags=h2|wpt_flags=https)\b/.test(variant);

/** @returns {{tests: Test[], leftOut: {file: string, reason: string}[]}} */
export function listTests(root, paths) {
  const tests = [];
  const leftOut = [];
  for (const file of paths.flatMap((one) => filesBelow(root, one.replace(/\/+$/, '')))) {
    if (/\.window\.js$/.test(file)) leftOut.push({ file, reason: 'only for window' });
    if (!/\.(any|worker)\.js$/.test(file)) continue;
    const meta = readMeta(readFileSync(path.join(root, file), 'utf8'));
    const reason = reasonToLeaveOut(path.basename(file), meta.global);
    if (reason) {
      leftOut.push({ file, reason });
      continue;
    }
    for (const variant of meta.variant.length ? meta.variant : ['']) {
      if (needsTls(variant)) {
        leftOut.push({ file: file + variant, reason: 'needs TLS' });
        continue;
      }
      tests.push({
        id: file + variant,
        file,
        directory: path.posix.dirname(file),
        variant,
        title: meta.title ?? '',
        isLong: meta.timeout === 'long',
        scripts: meta.script,
        isWorker: /\.worker\.js$/.test(file),
      });
    }
  }
  return { tests, leftOut };
}
