// node:path.

import { builtinModule, ok, same, test } from './harness.js';

const { default: path, posix, win32 } = builtinModule('node:path');

test('paths are joined, resolved and made relative', () => {
  same(path.join('/a', '../b', './c.txt'), '/b/c.txt');
  same(path.join(''), '.');
  same(path.normalize('/a//b/../c/'), '/a/c/');
  same(path.resolve('/a', 'b', '../c'), '/a/c');
  same(path.resolve('/a', '/b'), '/b');
  same(path.relative('/a/b/c', '/a/d'), '../../d');
  ok(path.isAbsolute('/a') && !path.isAbsolute('a'));
});

test('paths are taken apart and put together', () => {
  same(path.basename('/a/b.tar.gz', '.gz'), 'b.tar');
  same(path.dirname('/a/b/c'), '/a/b');
  same(path.extname('a.b.c'), '.c');
  same(path.extname('.bashrc'), '');
  same(path.parse('/home/x.txt'), {
    root: '/',
    dir: '/home',
    base: 'x.txt',
    ext: '.txt',
    name: 'x',
  });
  same(path.format({ dir: '/a', name: 'b', ext: '.c' }), '/a/b.c');
  same([path.sep, path.delimiter], ['/', ':']);
});

test('patterns match whole paths', () => {
  ok(path.matchesGlob('/a/b.js', '/a/*.js') && !path.matchesGlob('/a/b/c.js', '/a/*.js'));
  ok(path.matchesGlob('/a/b/c.js', '/a/**/*.js') && path.matchesGlob('a.ts', '*.{js,ts}'));
});

test("Windows' paths are there as well", () => {
  same(win32.join('C:\\a', '..', 'b'), 'C:\\b');
  same(win32.basename('C:\\a\\b.txt'), 'b.txt');
  same(win32.sep, '\\');
  ok(posix === path && path.win32 === win32);
  ok(builtinModule('node:path/posix').default === posix);
  ok(builtinModule('node:path/win32').default === win32);
});
