// node:buffer and the global Buffer.

import { builtinModule, ok, same, test, throws } from './harness.js';

const bytes = (buffer) => [...buffer];

test('the global Buffer is the one of node:buffer', () => {
  ok(builtinModule('node:buffer').Buffer === Buffer);
  ok(builtinModule('node:buffer').default.Buffer === Buffer);
  same(Buffer.name, 'Buffer');
  ok(Buffer.from('a') instanceof Uint8Array);
});

test('texts become bytes and bytes texts in every encoding', () => {
  const text = 'aé€😀';
  same(Buffer.from(text).toString('hex'), '61c3a9e282acf09f9880');
  same(Buffer.from(text, 'utf16le').toString('hex'), '6100e900ac203dd800de');
  same(Buffer.from(text, 'utf16le').toString('ucs2'), text);
  same(Buffer.from('aé', 'latin1').toString('hex'), '61e9');
  same(Buffer.from([0xe9, 0x61]).toString('binary'), 'éa');
  same(Buffer.from([0xe9, 0x61]).toString('ascii'), 'ia');
  same(Buffer.from([0xff, 0xee, 0xdd]).toString('base64'), '/+7d');
  same(Buffer.from([0xff, 0xee]).toString('base64'), '/+4=');
  same(Buffer.from([0xff, 0xee]).toString('base64url'), '_-4');
  same(Buffer.from('FFee0', 'hex').toString('hex'), 'ffee');
  same(Buffer.from([0xe2, 0x82]).toString(), '\ufffd');
  same(Buffer.from('abcdef').toString('utf8', 1, 3), 'bc');
});

test('base64 is read as Node.js reads it: leniently', () => {
  same(Buffer.from('aGk', 'base64').toString(), 'hi');
  same(Buffer.from('a G\nk=', 'base64').toString(), 'hi');
  same(Buffer.from('_-4', 'base64').toString('hex'), 'ffee');
  same(Buffer.from('/+4=', 'base64url').toString('hex'), 'ffee');
  same(Buffer.from('aGl', 'base64').toString(), 'hi');
  same(Buffer.from('aGk=aGk=', 'base64').toString(), 'hi');
  same(Buffer.from('aGkh', 'base64').length, 3);
  same(Buffer.from('a', 'base64').length, 0);
});

test('lengths are counted in bytes', () => {
  same(Buffer.byteLength('aé€😀'), 10);
  same(Buffer.byteLength('aGk=', 'base64'), 2);
  same(Buffer.byteLength('ffee', 'hex'), 2);
  same(Buffer.byteLength('ab', 'utf16le'), 4);
  same(Buffer.byteLength('\ud800'), 3);
  same(Buffer.byteLength(new Uint16Array(3)), 6);
});

test('an encoding that does not exist is refused', () => {
  ok(Buffer.isEncoding('UTF-8') && Buffer.isEncoding('base64url') && !Buffer.isEncoding('utf-7'));
  throws(TypeError, () => Buffer.from('a', 'utf-7'), 'Unknown encoding: utf-7');
  throws(TypeError, () => Buffer.from('a').toString('utf-7'), 'Unknown encoding: utf-7');
});

test('buffers are made, joined, cut and compared', () => {
  same(bytes(Buffer.alloc(5, 'ab')), [97, 98, 97, 98, 97]);
  same(bytes(Buffer.alloc(3, 7)), [7, 7, 7]);
  same(bytes(Buffer.alloc(4, 'aGk', 'base64')), [104, 105, 104, 105]);
  same(Buffer.concat([Buffer.from('ab'), Buffer.from('c')]).toString(), 'abc');
  same(Buffer.concat([Buffer.from('ab'), Buffer.from('c')], 2).toString(), 'ab');
  const all = Buffer.from('abcdef');
  const part = all.subarray(1, 3);
  part[0] = 0x78;
  ok(part instanceof Buffer && all.slice(1, 2) instanceof Buffer);
  same(all.toString(), 'axcdef');
  same(Buffer.compare(Buffer.from('a'), Buffer.from('b')), -1);
  ok(Buffer.from('ab').equals(Buffer.from('ab')));
  same(Buffer.from(new Uint8Array([1, 2]).buffer, 1).length, 1);
  same(bytes(Buffer.copyBytesFrom(new Uint16Array([1, 2]), 1)), [2, 0]);
  same(bytes(Buffer.of(1, 2)), [1, 2]);
});

test('numbers are read and written', () => {
  const buffer = Buffer.alloc(16);
  same(buffer.writeUInt32BE(0xdeadbeef, 0), 4);
  same(buffer.readUint32LE(0), 0xefbeadde);
  buffer.writeDoubleLE(1.5, 8);
  same(buffer.readDoubleLE(8), 1.5);
  buffer.writeBigInt64BE(-5n, 0);
  same(buffer.readBigInt64BE(), -5n);
  same(buffer.writeIntBE(-3, 0, 6), 6);
  same(buffer.readIntBE(0, 6), -3);
  throws(RangeError, () => buffer.writeUIntBE(1, 0, 2 ** 31, true));
  throws(RangeError, () => buffer.readUIntLE(0, 7));
  throws(RangeError, () => buffer.readInt8(16));
  throws(RangeError, () => buffer.writeUInt8(256, 0));
});

test('text is written, found and filled in', () => {
  const buffer = Buffer.alloc(8);
  same(buffer.write('é', 1), 2);
  same(buffer.write('zzzz', 6), 2);
  same(buffer.write('ffff', 3, 'hex'), 2);
  same(buffer.toString('hex'), '00c3a9ffff007a7a');
  same(Buffer.from('hello hello').indexOf('lo'), 3);
  same(Buffer.from('hello hello').lastIndexOf('lo'), 9);
  ok(Buffer.from('hello').includes(Buffer.from('ell')));
  same(Buffer.from('abc').indexOf(0x63), 2);
  same(Buffer.alloc(4).fill('xy', 1).toString('latin1'), '\0xyx');
  same(Buffer.from('€€').write.call(Buffer.alloc(4), '€€'), 3);
});

test('a buffer is printed, and turned into JSON', () => {
  same(JSON.stringify(Buffer.from('ab')), '{"type":"Buffer","data":[97,98]}');
  same(builtinModule('node:util').inspect(Buffer.from('ab')), '<Buffer 61 62>');
  same(bytes(Buffer.from(JSON.parse('{"type":"Buffer","data":[97,98]}'))), [97, 98]);
});

test('the module has what stands beside Buffer', () => {
  const {
    Blob: TheBlob,
    atob: decode,
    constants,
    isAscii,
    isUtf8,
    transcode,
  } = builtinModule('node:buffer');
  ok(TheBlob === Blob && decode === atob);
  ok(isUtf8(Buffer.from('é')) && !isUtf8(Buffer.from([0xff])));
  ok(isAscii(Buffer.from('a')) && !isAscii(Buffer.from('é')));
  same(transcode(Buffer.from('€é'), 'utf8', 'latin1').toString('hex'), '3fe9');
  ok(constants.MAX_LENGTH > 2 ** 30);
});

test('what is wrong is named by its code', () => {
  const codeOf = (run) => {
    try {
      run();
    } catch (error) {
      return error.code;
    }
    return undefined;
  };
  const buffer = Buffer.alloc(4);
  same(
    codeOf(() => Buffer.from(5)),
    'ERR_INVALID_ARG_TYPE',
  );
  same(
    codeOf(() => Buffer.alloc(-1)),
    'ERR_OUT_OF_RANGE',
  );
  same(
    codeOf(() => Buffer.concat('ab')),
    'ERR_INVALID_ARG_TYPE',
  );
  same(
    codeOf(() => buffer.equals('ab')),
    'ERR_INVALID_ARG_TYPE',
  );
  same(
    codeOf(() => buffer.readUInt8(1.5)),
    'ERR_OUT_OF_RANGE',
  );
  same(
    codeOf(() => Buffer.alloc(1).readUInt16LE()),
    'ERR_BUFFER_OUT_OF_BOUNDS',
  );
  same(
    codeOf(() => buffer.copy(buffer, -1)),
    'ERR_OUT_OF_RANGE',
  );
  same(
    codeOf(() => Buffer.alloc(3).swap16()),
    'ERR_INVALID_BUFFER_SIZE',
  );
  same(
    codeOf(() => Buffer.from(new ArrayBuffer(2), 3)),
    'ERR_BUFFER_OUT_OF_BOUNDS',
  );
  throws(
    RangeError,
    () => buffer.writeInt32BE(2 ** 31),
    'The value of "value" is out of range. It must be >= -2147483648 and <= 2147483647. Received 2147483648',
  );
});

test('other byte arrays are as good as buffers', () => {
  const bytes = new Uint8Array([97, 98]);
  ok(Buffer.from('ab').equals(bytes));
  same(Buffer.compare(bytes, Buffer.from('ac')), -1);
  same(Buffer.concat([bytes, Buffer.from('c')]).toString(), 'abc');
  same(Buffer.from('xab').indexOf(bytes), 1);
  same(Buffer.from('ab').copy(bytes, 1), 1);
  same([...bytes], [97, 97]);
});

test('wide characters are found at their borders only', () => {
  const wide = Buffer.from('\u6100a', 'utf16le');
  same(wide.indexOf('a', 0, 'utf16le'), 2);
  same(Buffer.from('abcabc').lastIndexOf('abc', -4), 0);
  same(Buffer.from('abc').indexOf('', 2), 2);
});
