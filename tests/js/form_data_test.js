// @ts-check
import { logs, ok, rejects, same, test, throws } from './harness.js';

const any = (value) => /** @type {any} */ (value);

function makeForm(entries) {
  const form = new FormData();
  for (const entry of entries) any(form).append(...entry);
  return form;
}
const pairs = (form) => [...any(form)];

test('entries keep their order and may repeat', () => {
  const form = makeForm([
    ['a', '1'],
    ['b', any(2)],
    ['a', '3\ud800'],
  ]);
  same(pairs(form), [
    ['a', '1'],
    ['b', '2'],
    ['a', '3\ufffd'],
  ]);
  same([form.get('a'), form.getAll('a'), form.get('c')], ['1', ['1', '3\ufffd'], null]);
  same([form.has('b'), form.has('c')], [true, false]);
  form.set('a', 'x');
  form.set('c', 'y');
  same(pairs(form), [
    ['a', 'x'],
    ['b', '2'],
    ['c', 'y'],
  ]);
  form.delete('a');
  same([...any(form).keys()], ['b', 'c']);
  same([...any(form).values()], ['2', 'y']);
});

test('a blob becomes a file', async () => {
  const blob = new Blob(['abc'], { type: 'a/b' });
  const form = makeForm([
    ['a', blob],
    ['b', blob, 'name'],
    ['c', new File(['x'], 'own')],
  ]);
  const file = any(form.get('a'));
  ok(file instanceof File);
  same([file.name, file.type, await file.text()], ['blob', 'a/b', 'abc']);
  same(any(form.get('b')).name, 'name');
  same(any(form.get('c')).name, 'own');
  same(form.get('c'), form.get('c'));
});

test('a form refuses what is none', () => {
  const form = new FormData();
  throws(TypeError, () => new FormData(any(null)));
  throws(TypeError, () => any(form).append('a'));
  throws(TypeError, () => form.append('a', any('text'), 'name'));
  throws(TypeError, () => any(form).set('a', 'text', 'name'));
  throws(TypeError, () => any(form).get());
  throws(TypeError, () => FormData.prototype.get.call({}, 'a'));
  same(pairs(form), []);
});

test('a form goes as multipart and comes back', async () => {
  const content = new Uint8Array([0, 255, 13, 10, 45, 45]);
  const file = new File([content], 'f"\r\n.bin', { type: 'image/png' });
  const sent = makeForm([
    ['a"\n', 'line\nend'],
    ['é', 'ü'],
    ['file', file],
    ['empty', ''],
  ]);
  const response = new Response(sent);
  const type = response.headers.get('content-type') ?? '';
  ok(/^multipart\/form-data; boundary=----formdata-nano-[-0-9a-f]{36}$/.test(type), type);
  const boundary = type.slice(30);
  const text = await response.clone().text();
  ok(text.startsWith(`--${boundary}\r\nContent-Disposition: form-data; name="a%22%0D%0A"\r\n\r\n`));
  ok(text.includes('name="file"; filename="f%22%0D%0A.bin"\r\nContent-Type: image/png\r\n\r\n'));
  ok(text.endsWith(`\r\n--${boundary}--\r\n`));
  const form = await response.formData();
  same(pairs(form).slice(0, 2), [
    ['a"\r\n', 'line\r\nend'],
    ['é', 'ü'],
  ]);
  const got = any(form.get('file'));
  same([got.name, got.type, await got.bytes()], ['f"\r\n.bin', 'image/png', content]);
  same(form.get('empty'), '');
});

test('a form without entries is a multipart of its end', async () => {
  const response = new Response(new FormData());
  const boundary = (response.headers.get('content-type') ?? '').slice(30);
  same(await response.clone().text(), `--${boundary}--\r\n`);
  same(pairs(await response.formData()), []);
});

const parse = (text, type) => new Response(text, { headers: { 'content-type': type } }).formData();

test('a form is read from either kind of body', async () => {
  const urlencoded = 'application/x-www-form-urlencoded;charset=utf-8';
  same(pairs(await parse('a=1&b=%C3%A9&a=+', urlencoded)), [
    ['a', '1'],
    ['b', 'é'],
    ['a', ' '],
  ]);
  same(pairs(await parse('\ufeffa=\ufeffb', urlencoded)), [['\ufeffa', '\ufeffb']]);
  const body =
    '\r\n--x\r\ncontent-disposition: form-data; name="a"; filename=""\r\n\r\nfile\r\n' +
    '--x\r\nX-Other: 1\r\nContent-Disposition:form-data; name="b"\r\n\r\n\ufefftext\r\n--x--epilogue';
  const form = await parse(body, 'Multipart/Form-Data; boundary="x"');
  const file = any(form.get('a'));
  same([file.name, file.type, await file.text()], ['', 'text/plain', 'file']);
  same(form.get('b'), '\ufefftext');
});

test('what is no form is refused', async () => {
  const multipart = 'multipart/form-data; boundary=x';
  const part = 'Content-Disposition: form-data; name="a"';
  for (const [text, type] of [
    ['a=1', 'text/plain'],
    ['a=1', 'multipart/form-data'],
    ['', multipart],
    ['a=1', multipart],
    ['--x', multipart],
    ['--x\r\n', multipart],
    [`--x\r\n${part}`, multipart],
    [`--x\r\n${part}\r\n\r\nvalue`, multipart],
    [`--x\r\n${part}\r\n\r\nvalue\r\n--xy`, multipart],
    ['--x\r\nContent-Disposition: attachment\r\n\r\nvalue\r\n--x--', multipart],
    ['--x\r\nContent-Type: a/b\r\n\r\nvalue\r\n--x--', multipart],
    ['--x\r\nno colon\r\n\r\nvalue\r\n--x--', multipart],
  ]) {
    await rejects(TypeError, parse(text, type));
  }
  await rejects(TypeError, new Response(null).formData());
});

test('a search for a boundary takes time in proportion to the body', async () => {
  // All of it looks like the beginning of a boundary.
  const body = '\r\n--x'.repeat(100_000);
  await rejects(
    TypeError,
    parse(
      `--xy\r\nContent-Disposition: form-data; name="a"\r\n\r\n${body}`,
      'multipart/form-data; boundary=xy',
    ),
  );
});

test('console shows the entries', () => {
  console.log(
    makeForm([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  same(logs()[0].line, "FormData { a: '1', b: '2' }");
});
