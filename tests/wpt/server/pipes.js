// The pipes of a WPT URL, ?pipe=header(Name,value)|trickle(d1:10:r2)|sub: how its answer changes.

/** @returns {{name: string, values: string[]}[]} */
export function parsePipes(text) {
  const pipes = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (at < text.length && text[at] !== '(' && text[at] !== '|') at++;
    const pipe = { name: text.slice(start, at).trim(), values: [] };
    if (text[at] === '(') at = readValues(text, at + 1, pipe.values);
    if (pipe.name) pipes.push(pipe);
    while (at < text.length && text[at] !== '|') at++;
    at++;
  }
  return pipes;
}

/** Reads up to the closing bracket; a backslash keeps the next character from ending anything. */
function readValues(text, at, values) {
  let value = '';
  for (; at < text.length && text[at] !== ')'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) {
      value += text[++at];
    } else if (text[at] === ',') {
      values.push(value);
      value = '';
    } else {
      value += text[at];
    }
  }
  values.push(value.replace(/^"(.*)"$/s, '$1'));
  return at + 1;
}

/**
 * "100:d1:r2" is 100 bytes, then a second's wait, and that once more; what is left of the body
 * follows at once.
 * @returns {{delayMs?: number, end?: number}[]}
 */
export function trickleSteps(text, length) {
  let steps = [];
  for (const word of text.split(':')) {
    if (word[0] === 'd') steps.push({ delayMs: Number(word.slice(1)) * 1000 });
    else if (word[0] === 'r')
      steps = Array(Number(word.slice(1)) || 1)
        .fill(steps)
        .flat();
    else steps.push({ end: Number(word) });
  }
  steps.push({ end: length });
  return steps;
}
