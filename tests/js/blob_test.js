// @ts-check
import { bytes, logs, ok, rejects, same, test, throws } from './harness.js';

const any = (value) => /** @type {any} */ (value);

test('a blob is the bytes of its parts', async () => {
  const view = new DataView(bytes(1, 2, 3, 4).buffer, 1, 2);
  const blob = new Blob(['é', bytes(65), view, bytes(66).buffer, new Blob(['C']), any(1)]);
  same(await blob.bytes(), bytes(0xc3, 0xa9, 65, 2, 3, 66, 67, 49));
  same([blob.size, blob.type], [8, '']);
  same(await new Blob(['\ufeffa\ud800']).text(), 'a\ufffd');
  same(new Blob().size, 0);
  same(await new Blob(new Set(['a', 'b'])).text(), 'ab');
});

test('nobody changes the bytes of a blob', async () => {
  const source = bytes(1, 2);
  const blob = new Blob([source]);
  source[0] = 9;
  (await blob.bytes())[0] = 9;
  new Uint8Array(await blob.arrayBuffer())[0] = 9;
  for await (const chunk of any(blob.stream())) chunk[0] = 9;
  same(await blob.bytes(), bytes(1, 2));
});

test('options say the type and the line ends', async () => {
  same(new Blob([], { type: 'Text/PLAIN;x=Y' }).type, 'text/plain;x=y');
  same(new Blob([], { type: 'a\u00e9' }).type, '');
  const lines = ['a\r\nb\rc\n\r', bytes(13, 10)];
  same(await new Blob(lines, { endings: 'native' }).text(), 'a\nb\nc\n\n\r\n');
  same(await new Blob(lines).text(), 'a\r\nb\rc\n\r\r\n');
  throws(TypeError, () => new Blob([], { endings: any('other') }));
  throws(TypeError, () => new Blob([], any('text')));
  for (const parts of ['text', null, 1, {}]) throws(TypeError, () => new Blob(any(parts)));
});

test('a slice is a part of the bytes', async () => {
  const blob = new Blob(['0123456789'], { type: 'a/b' });
  const cut = async (...args) => blob.slice(...args).text();
  same(await cut(), '0123456789');
  same(await cut(2, 4), '23');
  same(await cut(-3), '789');
  same(await cut(-5, -3), '56');
  same(await cut(8, 99), '89');
  same(await cut(5, 2), '');
  same(await blob.slice(1, 9).slice(1, 3).text(), '23');
  same([blob.slice().type, blob.slice(0, 1, 'C/D').type], ['', 'c/d']);
});

test('a stream gives a blob in pieces of bytes', async () => {
  const size = 100_000;
  const sizes = [];
  for await (const chunk of any(new Blob([new Uint8Array(size)]).stream())) {
    sizes.push(chunk.byteLength);
  }
  same(sizes.length, 2);
  same(sizes[0] + sizes[1], size);
  const reader = new Blob(['abc']).stream().getReader({ mode: 'byob' });
  same((await reader.read(new Uint8Array(2))).value, bytes(97, 98));
  same((await reader.read(new Uint8Array(2))).value, bytes(99));
  same((await reader.read(new Uint8Array(2))).done, true);
  same((await new Blob().stream().getReader().read()).done, true);
});

test('a file is a blob with a name and a time', async () => {
  const file = new File(['abc'], 'n\ud800', { type: 'a/b', lastModified: 7.5 });
  same([file.name, file.lastModified, file.size, file.type], ['n\ufffd', 7, 3, 'a/b']);
  ok(file instanceof Blob && Math.abs(new File([], '').lastModified - Date.now()) < 10_000);
  ok(!(file.slice() instanceof File));
  throws(TypeError, () => new File(any(undefined), 'a'));
  throws(TypeError, () => new (any(File))([]));
  throws(TypeError, () => File.prototype.name);
  throws(TypeError, () => Blob.prototype.size);
  await rejects(TypeError, Blob.prototype.text.call({}));
  await rejects(TypeError, any(Blob.prototype.bytes).call(null));
});

test('structuredClone copies blobs and files', async () => {
  const copy = structuredClone(new Blob(['abc'], { type: 'a/b' }));
  same([await copy.text(), copy.type, copy.constructor], ['abc', 'a/b', Blob]);
  const file = structuredClone(new File(['abc'], 'name', { lastModified: 5 }));
  same([await file.text(), file.name, file.lastModified], ['abc', 'name', 5]);
  ok(file instanceof File);
});

test('console shows what a blob is', () => {
  console.log(new Blob(['ab'], { type: 'a/b' }));
  console.log(new File(['ab'], 'n', { lastModified: 1 }));
  same(logs()[0].line, "Blob { size: 2, type: 'a/b' }");
  same(logs()[1].line, "File { size: 2, type: '', name: 'n', lastModified: 1 }");
});

test('a blob is a body and a body is a blob', async () => {
  const response = new Response(new Blob(['abc'], { type: 'a/b' }));
  same(response.headers.get('content-type'), 'a/b');
  const blob = await response.clone().blob();
  same([await blob.text(), blob.type], ['abc', 'a/b']);
  (await response.bytes())[0] = 0;
  same(await blob.text(), 'abc');
  same(new Response(new Blob(['a'])).headers.get('content-type'), null);
  const type = 'Text/Plain;Charset="utf 8", text/plain';
  const typed = await new Response('x', { headers: { 'content-type': type } }).blob();
  same(typed.type, 'text/plain;charset="utf 8"');
  same((await new Response(bytes(1), { headers: { 'content-type': 'none' } }).blob()).type, '');
  const request = new Request('https://a.test/', { method: 'POST', body: new Blob(['q']) });
  same(await request.text(), 'q');
  same((await new Response(null).blob()).size, 0);
  await rejects(TypeError, any(Response.prototype.blob).call(new Request('https://a.test/')));
});
