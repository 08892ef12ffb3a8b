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

const valueAt = (answer, at) => at.split('.').reduce((value, key) => value?.[key], answer);
const isIn = (place, at) => place === at || place.startsWith(`${at}.`);

/**
 * @typedef {{request: string, at: string, nano?: unknown, why: string}} Known a difference that
 *   stays: the request (or `*`), the place in its answer, what nano has there (nothing, where it is
 *   left out), and a section of docs/differences.md
 */

/** Another body has another length. */
const isOfTheBody = ({ at, workerd, nano }, all) =>
  at === 'headers.content-length' &&
  workerd !== undefined &&
  nano !== undefined &&
  all.some((other) => /^(?:json|text|base64)\b/.test(other.at));

/**
 * @param {Known[]} known those of this request; what was met is put into `met`
 * @returns {{at: string, nano: unknown, why: string, line: string}[]} what is wrong
 */
export function judge(workerd, nano, known, met) {
  const wrong = [];
  const all = differencesOf(workerd, nano);
  for (const one of all) {
    if (isOfTheBody(one, all)) continue;
    const listed = known.find(({ at }) => isIn(one.at, at));
    if (listed && same(listed.nano, valueAt(nano, listed.at))) {
      met.add(listed);
      continue;
    }
    const expected = listed ? `; listed at ${listed.at}: ${show(listed.nano)}` : '';
    const line = `${one.at}: workerd ${show(one.workerd)}, nano ${show(one.nano)}${expected}`;
    wrong.push({ at: one.at, nano: one.nano, why: listed?.why ?? '?', line });
  }
  return wrong;
}
