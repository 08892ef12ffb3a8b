// Patterns of path.matchesGlob: *, ?, **, [abc], {a,b}.

const kSpecial = /[\\^$.*+?()[\]{}|]/g;

function alternatives(pattern) {
  const open = pattern.indexOf('{');
  const close = pattern.indexOf('}', open);
  if (open === -1 || close === -1) return [pattern];
  const rest = alternatives(pattern.slice(close + 1));
  const found = [];
  for (const choice of pattern.slice(open + 1, close).split(',')) {
    for (const tail of rest) found.push(pattern.slice(0, open) + choice + tail);
  }
  return found;
}

function toExpression(part) {
  let text = '';
  for (let i = 0; i < part.length; i++) {
    const character = part[i];
    const close = character === '[' ? part.indexOf(']', i + 2) : -1;
    if (character === '*') text += '.*';
    else if (character === '?') text += '.';
    else if (close !== -1) {
      const set = part
        .slice(i + 1, close)
        .replace(/[\\\]]/g, '\\$&')
        .replace(/^!/, '^');
      text += `[${set}]`;
      i = close;
    } else text += character.replace(kSpecial, '\\$&');
  }
  return new RegExp(`^${text}$`, 's');
}

function matchParts(parts, pattern) {
  if (pattern.length === 0) return parts.length === 0;
  const [first, ...others] = pattern;
  if (first === '**') {
    for (let skip = 0; skip <= parts.length; skip++) {
      if (matchParts(parts.slice(skip), others)) return true;
    }
    return false;
  }
  if (parts.length === 0 || !toExpression(first).test(parts[0])) return false;
  if (/^[*?]/.test(first) && parts[0].startsWith('.')) return false;
  return matchParts(parts.slice(1), others);
}

exports.matchesGlob = (path, pattern, separator) => {
  const parts = `${path}`.split(separator);
  return alternatives(`${pattern}`).some((one) => matchParts(parts, one.split(/[\\/]/)));
};
