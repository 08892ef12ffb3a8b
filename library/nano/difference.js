// util.diff: the shortest way from one list to another, [0 same, 1 only left, -1 only right].

exports.longest = (left, right) => {
  const rows = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      rows[i][j] =
        left[i] === right[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  const steps = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      steps.push([0, left[i]]);
      i++;
      j++;
    } else if (j >= right.length || (i < left.length && rows[i + 1][j] >= rows[i][j + 1])) {
      steps.push([1, left[i++]]);
    } else {
      steps.push([-1, right[j++]]);
    }
  }
  return steps;
};
