// @ts-check
// console.table: rows and columns with lines around them, as Node prints them.

import { kindOf, previewEntries } from 'nano:ops';
import { inspect } from './inspect.js';
import { formatKey } from './inspect_text.js';
import {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  MathMax,
  ObjectKeys,
  SafeGetOwnPropertyDescriptor,
  StringPrototypePadEnd,
  StringPrototypeRepeat,
} from './primordials.js';
import { isObject } from './webidl.js';

const kMaxRows = 100;
const kMaxColumns = 30;

const kIndexColumn = '(index)';
const kValuesColumn = 'Values';
const kIterationColumn = '(iteration index)';
const kKeyColumn = 'Key';

/**
 * The table's text; undefined where the data is no object, and is printed like any value.
 * @param {any} data @param {any} properties the columns, all where it is no array
 */
export function formatTable(data, properties) {
  if (typeof data !== 'object' || data === null) return undefined;
  const kind = kindOf(data);
  if (kind === 'Map' || kind === 'Set') return formatCollection(data, kind === 'Map');
  const keys = ObjectKeys(data);
  const columns = ArrayIsArray(properties) ? textsOf(properties) : [];
  const rows = [];
  let hasValues = false;
  for (let i = 0; i < keys.length && i < kMaxRows; i++) {
    const value = ownValue(data, keys[i]);
    const row = { __proto__: null, [kIndexColumn]: keys[i] };
    if (isObject(value)) {
      addCells(row, value, columns, ArrayIsArray(properties));
    } else {
      row[kValuesColumn] = inspect(value);
      hasValues = true;
    }
    ArrayPrototypePush(rows, row);
  }
  const header = [kIndexColumn];
  for (let i = 0; i < columns.length; i++) ArrayPrototypePush(header, columns[i]);
  if (hasValues) ArrayPrototypePush(header, kValuesColumn);
  return draw(header, rows);
}

/** Of a Map or a Set: an entry a row. */
function formatCollection(data, hasKeys) {
  const entries = previewEntries(data)[0];
  const step = hasKeys ? 2 : 1;
  const rows = [];
  for (let i = 0; i < entries.length && rows.length < kMaxRows; i += step) {
    const row = { __proto__: null, [kIterationColumn]: `${rows.length}` };
    if (hasKeys) row[kKeyColumn] = inspect(entries[i], 0);
    row[kValuesColumn] = inspect(entries[i + step - 1], 0);
    ArrayPrototypePush(rows, row);
  }
  const header = [kIterationColumn];
  if (hasKeys) ArrayPrototypePush(header, kKeyColumn);
  ArrayPrototypePush(header, kValuesColumn);
  return draw(header, rows);
}

function textsOf(list) {
  const texts = [];
  for (let i = 0; i < list.length && i < kMaxColumns; i++) {
    ArrayPrototypePush(texts, typeof list[i] === 'symbol' ? formatKey(list[i]) : `${list[i]}`);
  }
  return texts;
}

function ownValue(object, key) {
  const descriptor = SafeGetOwnPropertyDescriptor(object, key);
  return descriptor === undefined ? undefined : descriptor.value;
}

function addCells(row, value, columns, columnsAreGiven) {
  const keys = ObjectKeys(value);
  for (let i = 0; i < keys.length; i++) {
    const known = ArrayPrototypeIncludes(columns, keys[i]);
    if (!known && (columnsAreGiven || columns.length >= kMaxColumns)) continue;
    if (!known) ArrayPrototypePush(columns, keys[i]);
    row[keys[i]] = inspect(ownValue(value, keys[i]), 0);
  }
}

function draw(header, rows) {
  const widths = [];
  for (let i = 0; i < header.length; i++) {
    let width = header[i].length;
    for (let j = 0; j < rows.length; j++) {
      width = MathMax(width, (rows[j][header[i]] ?? '').length);
    }
    ArrayPrototypePush(widths, width + 2);
  }
  const lines = [rule('┌', '┬', '┐', widths), drawRow(header, widths), rule('├', '┼', '┤', widths)];
  for (let j = 0; j < rows.length; j++) {
    const cells = [];
    for (let i = 0; i < header.length; i++) ArrayPrototypePush(cells, rows[j][header[i]] ?? '');
    ArrayPrototypePush(lines, drawRow(cells, widths));
  }
  ArrayPrototypePush(lines, rule('└', '┴', '┘', widths));
  return ArrayPrototypeJoin(lines, '\n');
}

function rule(left, middle, right, widths) {
  const parts = [];
  for (let i = 0; i < widths.length; i++) {
    ArrayPrototypePush(parts, StringPrototypeRepeat('─', widths[i]));
  }
  return left + ArrayPrototypeJoin(parts, middle) + right;
}

function drawRow(cells, widths) {
  const parts = [];
  for (let i = 0; i < cells.length; i++) {
    ArrayPrototypePush(parts, StringPrototypePadEnd(` ${cells[i]}`, widths[i]));
  }
  return `│${ArrayPrototypeJoin(parts, '│')}│`;
}
