// Two answers, and the differences that an app's requests.js lists.

const isObject = (value) => typeof value === 'object' && value !== null;

/**
 * The places where two values differ, as paths: json.list.3, headers.content-type.
 * @returns {{at: string, workerd: unknown, nano: unknown}[]}
 */
export function differencesOf(workerd, nano, at = '') {
  if (Object.is(workerd, nano)) return [];
  if (!isObject(workerd) || !isObject(nano) || Array.isArray(workerd) !== Array.isArray(nano))
    return [{ at, workerd, nano }];
  const keys = new Set([...Object.keys(workerd), ...Object.keys(nano)]);
  return [...keys].flatMap((key) =>
    differencesOf(workerd[key], nano[key], at ? `${at}.${key}` : key),
  );
}

const same = (a, b) => differencesOf(a, b).length === 0;
const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value));

/**
 * @typedef {{request: string, at: string, nano: unknown, why: string}} Known a difference that
 *   stays; `why` is its name in docs/differences.md
 */

/**
 * @param {Known[]} known those of this request; what was met is put into `met`
 * @returns {string[]} what is wrong, a line each
 */
export function judge(workerd, nano, known, met) {
  const wrong = [];
  for (const one of differencesOf(workerd, nano)) {
    const listed = known.find(({ at }) => at === one.at);
    if (listed) met.add(listed);
    if (listed && same(listed.nano ?? undefined, one.nano)) continue;
    const expected = listed ? `; listed: ${show(listed.nano)}` : '';
    wrong.push(`${one.at}: workerd ${show(one.workerd)}, nano ${show(one.nano)}${expected}`);
  }
  return wrong;
}
