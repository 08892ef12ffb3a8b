// @ts-check
// What has a meaning in a regular expression, or in a pattern, taken as it is.

function escapeIn(text, special) {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    result += special[text[i]] === true ? `\\${text[i]}` : text[i];
  }
  return result;
}

function setOf(text) {
  const set = { __proto__: null };
  for (let i = 0; i < text.length; i++) set[text[i]] = true;
  return set;
}

const kInRegexp = setOf('.+*?^${}()[]|/\\');
const kInPattern = setOf('+*?:{}()\\');

/** @param {string} text */
export const escapeRegexp = (text) => escapeIn(text, kInRegexp);

/** @param {string} text */
export const escapePattern = (text) => escapeIn(text, kInPattern);
