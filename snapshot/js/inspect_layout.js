// @ts-check
// Where the line breaks go when a value is printed: the rules of Node's util.inspect.

import {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  MathFloor,
  MathMax,
  MathMin,
  MathRound,
  MathSqrt,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypePadEnd,
  StringPrototypePadStart,
  StringPrototypeRepeat,
} from './primordials.js';

/** Entries of one array, Map or Set, and properties of one object, that are printed. */
export const kMaxEntries = 100;

/** The last entry of a list that was cut. @param {number} count */
export function moreItems(count) {
  return `... ${count} more item${count > 1 ? 's' : ''}`;
}

/** The room that a combined line leaves free. */
const kSlack = 10;
/** A character is about this much higher than wide; lists are laid out as squares. */
const kHeightToWidth = 2.5;
const kMaxColumns = 12;

/**
 * On one line where it fits and nothing inside is broken, or else one entry a line.
 * @param {any} inspection @param {{base: string, open: string, close: string}} shape
 * @param {string[]} entries @param {boolean} mayBeOneLine
 */
export function joinEntries(inspection, shape, entries, mayBeOneLine) {
  const { base, open, close } = shape;
  const before = base === '' ? '' : `${base} `;
  if (mayBeOneLine) {
    const start = entries.length + inspection.indentation + open.length + base.length + kSlack;
    if (fits(entries, start, inspection.breakLength) && !StringPrototypeIncludes(base, '\n')) {
      const line = ArrayPrototypeJoin(entries, ', ');
      if (!StringPrototypeIncludes(line, '\n')) return `${before}${open} ${line} ${close}`;
    }
  }
  const newLine = `\n${StringPrototypeRepeat(' ', inspection.indentation)}`;
  const lines = ArrayPrototypeJoin(entries, `,${newLine}  `);
  return `${before}${open}${newLine}  ${lines}${newLine}${close}`;
}

function fits(entries, start, breakLength) {
  let total = entries.length + start;
  for (let i = 0; i < entries.length && total <= breakLength; i++) total += entries[i].length;
  return total <= breakLength;
}

/**
 * Several short items a line, in columns; the entries as they are where that saves nothing.
 * @param {any} inspection @param {string[]} entries
 */
export function arrangeColumns(inspection, entries) {
  const cut = entries.length > kMaxEntries;
  const count = cut ? entries.length - 1 : entries.length;
  let total = 0;
  let longest = 0;
  for (let i = 0; i < count; i++) {
    total += entries[i].length + 2;
    longest = MathMax(longest, entries[i].length);
  }
  const width = longest + 2;
  const room = inspection.breakLength;
  if (width * 3 + inspection.indentation >= room || (total / width <= 5 && longest > 6)) {
    return entries;
  }
  // Items are mostly shorter than the longest.
  const biased = MathMax(width - 3 - MathSqrt(width - total / entries.length), 1);
  const columns = MathMin(
    MathRound(MathSqrt(kHeightToWidth * biased * count) / biased),
    MathFloor((room - inspection.indentation) / width),
    kMaxColumns,
  );
  if (columns <= 1) return entries;
  const rows = fillRows(entries, count, columns, isNumeric(entries, count));
  if (cut) ArrayPrototypePush(rows, entries[count]);
  return rows;
}

function fillRows(entries, count, columns, alignRight) {
  const widths = columnWidths(entries, count, columns);
  const rows = [];
  for (let i = 0; i < count; i += columns) {
    const end = MathMin(i + columns, count);
    let row = '';
    for (let j = i; j < end - 1; j++) {
      const item = `${entries[j]}, `;
      const width = widths[j - i];
      row += alignRight ? StringPrototypePadStart(item, width) : StringPrototypePadEnd(item, width);
    }
    const last = entries[end - 1];
    row += alignRight ? StringPrototypePadStart(last, widths[end - 1 - i] - 2) : last;
    ArrayPrototypePush(rows, row);
  }
  return rows;
}

function columnWidths(entries, count, columns) {
  const widths = [];
  for (let i = 0; i < columns; i++) {
    let width = 0;
    for (let j = i; j < count; j += columns) width = MathMax(width, entries[j].length);
    ArrayPrototypePush(widths, width + 2);
  }
  return widths;
}

/** Whether all are numbers or BigInts, which are aligned to the right. */
function isNumeric(entries, count) {
  for (let i = 0; i < count; i++) {
    const code = StringPrototypeCharCodeAt(entries[i], 0);
    const isDigit = code >= 48 && code <= 57;
    if (!isDigit && code !== 45 && entries[i] !== 'NaN' && entries[i] !== 'Infinity') return false;
  }
  return true;
}
