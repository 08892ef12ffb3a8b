// How two answers are judged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differencesOf, judge } from '../compare.js';

const answer = (json, headers = {}) => ({ status: 200, headers, json });
const lines = (workerd, nano, known = [], met = new Set()) =>
  judge(workerd, nano, known, met).map(({ line }) => line);

test('answers that are the same do not differ, whatever the order of their members', () => {
  assert.deepEqual(lines(answer({ a: [1, { b: 2 }], c: 3 }), answer({ c: 3, a: [1, { b: 2 }] })), []);
});

test('each place that differs is a line', () => {
  const places = differencesOf({ a: [1, 2], b: { c: 1 } }, { a: [1], b: { c: '1', d: null } });
  assert.deepEqual(
    places.map(({ at }) => at),
    ['a.1', 'b.c', 'b.d'],
  );
  assert.deepEqual(lines(answer(1), answer([1])), ['json: workerd 1, nano [1]']);
});

test('a difference that is listed is met, and only with the value that nano has', () => {
  const known = [{ request: 'x', at: 'json.a', nano: 2, why: 'reason' }];
  const met = new Set();
  assert.deepEqual(lines(answer({ a: 1 }), answer({ a: 2 }), known, met), []);
  assert.deepEqual([...met], known);
  const other = new Set();
  const [line] = lines(answer({ a: 1 }), answer({ a: 3 }), known, other);
  assert.equal(line, 'json.a: workerd 1, nano 3; listed at json.a: 2');
  assert.equal(other.size, 0);
});

test('what is listed for an object is for all of it', () => {
  const known = [{ request: 'x', at: 'json.a', nano: { c: 2 }, why: 'reason' }];
  assert.deepEqual(lines(answer({ a: { b: 1 } }), answer({ a: { c: 2 } }), known), []);
  assert.equal(lines(answer({ a: { b: 1 } }), answer({ a: { c: 3 } }), known).length, 2);
  assert.equal(lines(answer({ ab: 1 }), answer({ ab: 2 }), known).length, 1);
});

test('another body may have another length, but not none', () => {
  const of = (text, length) => ({ status: 200, headers: { 'content-length': length }, text });
  assert.deepEqual(lines(of('a', '1'), of('ab', '2')), ['text: workerd "a", nano "ab"']);
  assert.equal(lines(of('a', '1'), of('ab', undefined)).length, 2);
  assert.equal(lines(of('a', '1'), of('a', '2')).length, 1);
});
