// @ts-check
// FileReader, https://w3c.github.io/FileAPI/#APIASynch, and ProgressEvent.

import { ok, rejects, same, sleep, test, throws } from './harness.js';

const { FileReader, ProgressEvent } = /** @type {any} */ (globalThis);
const kEvents = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];

/** What a read comes to. */
function read(method, parts, options = {}, ...more) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onloadend = () => resolve(reader.result);
    reader[method](new Blob(parts, options), ...more);
  });
}

function recorded(reader) {
  const seen = [];
  for (const type of kEvents) {
    reader.addEventListener(type, (event) => {
      seen.push(`${type} ${reader.readyState} ${event.loaded}/${event.total}`);
    });
  }
  return seen;
}

test('a blob is read in every way', async () => {
  same(await read('readAsText', ['hällo']), 'hällo');
  same(await read('readAsArrayBuffer', ['ab']), new Uint8Array([97, 98]).buffer);
  same(await read('readAsBinaryString', ['ä']), 'Ã¤');
  same(await read('readAsDataURL', ['ab'], { type: 'text/plain' }), 'data:text/plain;base64,YWI=');
  same(await read('readAsDataURL', []), 'data:application/octet-stream;base64,');
});

test('text is decoded by its mark, by what is asked for, or by its type', async () => {
  const utf16 = new Uint8Array([0xfe, 0xff, 0, 0x68, 0, 0xe4]);
  same(await read('readAsText', [utf16], {}, 'utf-8'), 'hä');
  same(await read('readAsText', [utf16.slice(2)], {}, ' UTF-16BE '), 'hä');
  same(await read('readAsText', [utf16.slice(2)], { type: 'text/plain;charset=utf-16be' }), 'hä');
  same(await read('readAsText', [new Uint8Array([0xe4])], {}, 'latin1'), 'ä');
  same(await read('readAsText', [new Uint8Array([0xe4])], { type: 'a/b;charset=x' }, 'none'), '\ufffd');
  same(await read('readAsText', [new Uint8Array([0xef, 0xbb, 0xbf, 0x61])]), 'a');
});

test('events come in their order, each in a task of its own', async () => {
  const reader = new FileReader();
  const seen = recorded(reader);
  reader.readAsText(new Blob(['abc']));
  same([reader.readyState, reader.result, seen], [1, null, []]);
  await sleep(10);
  same(seen, ['loadstart 1 0/3', 'progress 1 3/3', 'load 2 3/3', 'loadend 2 3/3']);
  seen.length = 0;
  reader.readAsText(new Blob([]));
  await sleep(10);
  same(seen, ['loadstart 1 0/0', 'load 2 0/0', 'loadend 2 0/0']);
});

test('a read that is aborted tells nothing more', async () => {
  const reader = new FileReader();
  const seen = recorded(reader);
  reader.abort();
  same([seen, reader.readyState], [[], 0]);
  reader.readAsText(new Blob(['abc']));
  reader.abort();
  same([seen, reader.result], [['abort 2 0/3', 'loadend 2 0/3'], null]);
  await sleep(10);
  same(seen.length, 2);
  // A new one in the middle of it ends the old one alone.
  reader.onabort = () => reader.readAsText(new Blob(['de']));
  reader.readAsText(new Blob(['abc']));
  reader.abort();
  await sleep(10);
  same(seen.slice(2), ['abort 2 0/3', 'loadstart 1 0/2', 'progress 1 2/2', 'load 2 2/2', 'loadend 2 2/2']);
  same(reader.result, 'de');
});

test('one read at a time, of a blob', async () => {
  const reader = new FileReader();
  reader.readAsText(new Blob(['a']));
  throws('InvalidStateError', () => reader.readAsText(new Blob(['b'])));
  for (const value of [undefined, null, 'a', {}, new Uint8Array(1)]) {
    throws(TypeError, () => new FileReader().readAsArrayBuffer(value));
  }
  throws(TypeError, () => FileReader.prototype.readAsText.call({}, new Blob([])));
  throws(TypeError, () => FileReader.prototype.readyState);
  await rejects(TypeError, async () => FileReader());
});

test('constants, handlers and descriptors are those of Web IDL', () => {
  const reader = new FileReader();
  same([FileReader.EMPTY, FileReader.LOADING, reader.DONE], [0, 1, 2]);
  for (const type of kEvents) same(reader[`on${type}`], null, type);
  ok(reader instanceof EventTarget);
  same([FileReader.length, FileReader.prototype.readAsText.length], [0, 1]);
});

test('a ProgressEvent has what it is given', () => {
  const event = new ProgressEvent('x', { lengthComputable: true, loaded: 5, total: 7, bubbles: true });
  same([event.lengthComputable, event.loaded, event.total, event.bubbles], [true, 5, 7, true]);
  const bare = new ProgressEvent('y');
  same([bare.lengthComputable, bare.loaded, bare.total], [false, 0, 0]);
  throws(TypeError, () => new ProgressEvent());
  throws(TypeError, () => new ProgressEvent('x', { total: NaN }));
});

test('a result is a copy of the bytes', async () => {
  const blob = new Blob(['abc']);
  const results = [];
  for (let i = 0; i < 2; i++) {
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsArrayBuffer(blob);
    });
    results.push(new Uint8Array(reader.result));
    results[i][0] = 0;
  }
  same([await blob.text(), results[1][1]], ['abc', 98]);
});
