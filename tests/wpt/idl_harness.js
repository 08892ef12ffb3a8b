// idlharness.js for runtimes that are no browser: what it would evaluate from text is compiled with
// the test, because workers may not compile text, and the global counts as a dedicated worker's.

/** The texts in quotes that are expressions. */
function expressionsIn(text) {
  const quoted = text.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`$\\]*)`/g);
  const found = new Set();
  for (const match of quoted) {
    const expression = match[1] ?? match[2] ?? match[3];
    if (/\\/.test(expression) || !/^[\w$(]/.test(expression)) continue;
    try {
      new Function(`return (${expression});`);
      found.add(expression);
    } catch {
      // It is another text.
    }
  }
  return [...found];
}

/** What the test hands to add_objects(). */
function objectsOf(test) {
  return test
    .split(/\badd_objects\(/)
    .slice(1)
    .map((rest) => rest.split(/^\s*\}\);/m)[0])
    .flatMap(expressionsIn);
}

/** @param {string} scripts those of META @param {string} test */
export function adaptIdlHarness(scripts, test) {
  const objects = objectsOf(test).map((text) => `${JSON.stringify(text)}: () => (${text}),`);
  return [
    scripts
      .replace(
        'obj = eval(desc);',
        "obj = typeof desc === 'string' ? objectsForIdl[desc]() : desc;",
      )
      .replace(
        'function exposed_in(globals) {',
        'function exposed_in(globals) { if (globals !== "*") return globals.has("DedicatedWorker");',
      ),
    test,
    `var objectsForIdl = {`,
    ...objects,
    `};`,
  ].join('\n');
}
