// What of the stand-in server needs no client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePipes, trickleSteps } from '../server/pipes.js';
import { Stash } from '../server/stash.js';
import { substitute } from '../server/substitution.js';

test('a backslash keeps a comma and a bracket in a value of a pipe', () => {
  assert.deepEqual(parsePipes('header(Name,a\\,b\\))|sub|status(404)'), [
    { name: 'header', values: ['Name', 'a,b)'] },
    { name: 'sub', values: [] },
    { name: 'status', values: ['404'] },
  ]);
  assert.deepEqual(parsePipes('header(open'), [{ name: 'header', values: ['open'] }]);
});

test('a repetition of a trickle repeats what stands before it', () => {
  assert.deepEqual(trickleSteps('2:d0.5:r2', 9), [
    { end: 2 },
    { delayMs: 500 },
    { end: 2 },
    { delayMs: 500 },
    { end: 9 },
  ]);
});

test('what has no value stays as it is written', () => {
  const places = {
    host: 'h',
    domains: { www: 'w' },
    hosts: { alt: { '': 'x' } },
    ports: { http: [1, 2] },
  };
  const text = '{{host}} {{domains[www]}} {{hosts[alt][]}} {{ports[http][1]}} {{nobody[knows]}}';
  assert.equal(substitute(text, undefined, places), 'h w x 2 {{nobody[knows]}}');
  const twice = substitute('{{$id:uuid()}} {{$id}}', undefined, places).split(' ');
  assert.equal(twice[0].length, 36);
  assert.equal(twice[0], twice[1]);
});

test('a value is taken once, and only under its path', async () => {
  const stash = new Stash();
  const waiting = stash.takeWhenThere('k', '/b');
  stash.put('k', 1, '/a');
  assert.equal(stash.take('k', '/c'), null);
  stash.put('k', 2, '/b');
  assert.equal(await waiting, 2);
  assert.equal(stash.take('k', '/a'), 1);
  assert.equal(stash.take('k', '/a'), null);
});
