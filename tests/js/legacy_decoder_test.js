// @ts-check
// TextDecoder in encodings that are not UTF-8. Their tables are ICU's: snapshot/ops/legacy_text_test.
import { bytes, same, test, throws } from './harness.js';

const decode = (label, list, options) => new TextDecoder(label, options).decode(bytes(...list));

/** The text of a stream that comes byte by byte. */
function trickle(label, list, options) {
  const decoder = new TextDecoder(label, options);
  let text = '';
  for (const byte of list) text += decoder.decode(bytes(byte), { stream: true });
  return text + decoder.decode();
}

test('a label has the name of its encoding', () => {
  const names = {
    latin1: 'windows-1252',
    ASCII: 'windows-1252',
    'utf-16': 'utf-16le',
    ' UnicodeFEFF\n': 'utf-16le',
    sjis: 'shift_jis',
    gb2312: 'gbk',
    'ks_c_5601-1987': 'euc-kr',
    logical: 'iso-8859-8-i',
    'x-user-defined': 'x-user-defined',
    'x-unicode20utf8': 'utf-8',
  };
  for (const [label, name] of Object.entries(names)) same(new TextDecoder(label).encoding, name);
  const none = ['koi koi8', 'replacement', 'iso-2022-kr', 'hz-gb-2312', 'utf-7', 'utf-32', ' '];
  for (const label of none) throws(RangeError, () => new TextDecoder(label));
});

test('decodes one, two and four bytes a character', () => {
  same(decode('windows-1252', [0x80, 0xe9]), '€é');
  same(decode('koi8-r', [0xf0, 0xd2]), 'Пр');
  same(decode('shift_jis', [0x82, 0xa0, 0xb1]), 'あｱ');
  same(decode('euc-kr', [0xb0, 0xa1]), '가');
  same(decode('big5', [0xa7, 0x41]), '你');
  same(decode('gb18030', [0x90, 0x30, 0x81, 0x30]), '\u{10000}');
  same(decode('utf-16be', [0xd8, 0x3d, 0xde, 0x00]), '😀');
  same(decode('utf-16le', []), '');
  same(new TextDecoder('latin1').decode(), '');
});

test('a stream keeps the beginning of a character of every encoding', () => {
  same(trickle('utf-16le', [0x3d, 0xd8, 0x00, 0xde, 0x61, 0x00]), '😀a');
  same(trickle('gb18030', [0x61, 0x90, 0x30, 0x81, 0x30, 0xc4, 0xe3]), 'a\u{10000}你');
  same(trickle('shift_jis', [0x82, 0xa0, 0x82]), 'あ\ufffd');
  same(trickle('euc-jp', [0x8f, 0xb0, 0xa1]), '丂');
  same(trickle('windows-1251', [0xcf]), 'П');
});

test('a stream keeps the character set that iso-2022-jp is in', () => {
  const text = [0x1b, 0x24, 0x42, 0x24, 0x22, 0x24, 0x24, 0x1b, 0x28, 0x42, 0x61];
  same(trickle('iso-2022-jp', text), 'あいa');
  const katakana = [0x1b, 0x28, 0x49, 0x31, 0x32, 0x1b, 0x28, 0x42];
  same(trickle('iso-2022-jp', katakana), 'ｱｲ');
  same(trickle('iso-2022-jp', [...katakana, ...text]), 'ｱｲ\ufffdあいa', 'an empty run');
  const decoder = new TextDecoder('iso-2022-jp');
  same(decoder.decode(bytes(...text.slice(0, 5)), { stream: true }), 'あ');
  same(decoder.decode(bytes(0x24, 0x24)), 'い');
  same(decoder.decode(bytes(0x24, 0x24)), '$$', 'a new stream begins');
});

test('iso-2022-jp that is none is replaced, byte by byte as at once', () => {
  const cases = [
    [[0x1b, 0x24], '\ufffd$'],
    [[0x1b, 0x28, 0x49, 0x0d, 0x0e, 0x0f, 0x10], '\ufffd\ufffd\ufffd\ufffd'],
    [[0x50, 0x1b, 0x24], 'P\ufffd$'],
    [[0x1b, 0x24, 0x40, 0x1b, 0x24, 0x50, 0x50], '\ufffdば\ufffd'],
    [[0x1b, 0x28, 0x4a, 0x5c, 0x7e, 0x1b, 0x1b, 0x28, 0x49, 0x50], '¥‾\ufffdﾐ'],
  ];
  for (const [list, text] of cases) {
    same(decode('iso-2022-jp', list), text);
    same(trickle('iso-2022-jp', list), text);
    throws(TypeError, () => trickle('iso-2022-jp', list, { fatal: true }));
  }
});

test('a long text is decoded in pieces that do not show', () => {
  const count = 100_000;
  const list = new Uint8Array(2 * count + 1);
  list[0] = 0x61;
  for (let i = 0; i < count; i++) list.set([0x82, 0xa0], 2 * i + 1);
  same(new TextDecoder('shift_jis').decode(list), `a${'あ'.repeat(count)}`);
});

test('drops one byte order mark of UTF-16, unless it is to be ignored', () => {
  const marked = [0xff, 0xfe, 0xff, 0xfe, 0x61, 0x00];
  same(decode('utf-16le', marked), '\ufeffa');
  same(decode('utf-16le', marked, { ignoreBOM: true }), '\ufeff\ufeffa');
  same(trickle('utf-16le', marked), '\ufeffa');
  same(decode('utf-16be', [0xfe, 0xff, 0x00, 0x61]), 'a');
  same(decode('gb18030', [0x84, 0x31, 0x95, 0x33]), '\ufeff', 'it is a character elsewhere');
});

test('a fatal decoder refuses what is no character and can be used again', () => {
  const fatal = { fatal: true };
  throws(TypeError, () => decode('windows-1253', [0xaa], fatal));
  throws(TypeError, () => decode('utf-16le', [0x00, 0xdc], fatal));
  throws(TypeError, () => trickle('gbk', [0xc4], fatal));
  const decoder = new TextDecoder('utf-16le', fatal);
  same(decoder.decode(bytes(0xff, 0xfe), { stream: true }), '');
  throws(TypeError, () => decoder.decode(bytes(0x00, 0xdc, 0x61), { stream: true }));
  same(decoder.decode(bytes(0xff, 0xfe, 0x61, 0x00)), 'a');
});

test('a stream of text may be in any encoding', async () => {
  const stream = new TextDecoderStream('shift_jis');
  same(stream.encoding, 'shift_jis');
  const writer = stream.writable.getWriter();
  writer.write(bytes(0x82));
  writer.write(bytes(0xa0));
  writer.close();
  let text = '';
  for await (const part of stream.readable) text += part;
  same(text, 'あ');
});
