// docs/differences.md has a section for each reason that a listed difference gives.

import { readFileSync } from 'node:fs';

const page = new URL('../../docs/differences.md', import.meta.url);

/** @returns {string[]} what is wrong, a line each */
export function undocumented(apps) {
  const sections = new Set(
    [...readFileSync(page, 'utf8').matchAll(/^### (.+)$/gm)].map(([, title]) => title),
  );
  const wrong = [];
  for (const { name, differences } of apps) {
    for (const { request, at, why } of differences) {
      if (!sections.has(why))
        wrong.push(`${name}: ${request}: ${at}: docs/differences.md has no section "${why}"`);
    }
  }
  return wrong;
}
