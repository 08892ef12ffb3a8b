// @ts-check
// Every interface has the members of its standard, with Web IDL's descriptors, names and lengths, and
// no others but the extras that the table names.

import { ok, same, test } from './harness.js';
import { kExtraInterfaces, kExtras, kStandard } from './interface_shapes.js';

const { getOwnPropertyDescriptor: describe } = Object;

/** Name(length) < Parent | statics | members */
const kLine = /^(\w+)\((\d)\)(?: < (\w+))? \|(.*)\|(.*)$/;
const kMember = /^(@?)(\w+)(?:\((\d)\)|(=)|(#))?$/;

function parseMembers(text) {
  return text
    .trim()
    .split(/ +/)
    .filter((member) => member !== '')
    .map((member) => {
      const [, symbol, word, length, settable, constant] = kMember.exec(member);
      const key = symbol === '' ? word : Symbol[word];
      const kind = length !== undefined ? 'operation' : constant ? 'constant' : 'attribute';
      return { key, word, kind, length: Number(length), isSettable: settable !== undefined };
    });
}

const interfaces = kStandard
  .trim()
  .split('\n')
  .map((line) => {
    const [, name, length, parent, statics, members] = kLine.exec(line);
    const constants = parseMembers(statics).filter(({ kind }) => kind === 'constant');
    return {
      name,
      length: Number(length),
      parent,
      statics: parseMembers(statics),
      // Web IDL has constants on both.
      members: [...parseMembers(members), ...constants],
    };
  });

function checkOperation(holder, member, where) {
  const { value, writable, enumerable, configurable } = describe(holder, member.key);
  const isSymbol = typeof member.key === 'symbol';
  same([writable, enumerable, configurable], [true, !isSymbol, true], where);
  same([typeof value, value.length, 'prototype' in value], ['function', member.length, false], where);
  // An iterator method is the method of its name: entries, or values.
  same(value.name, isSymbol ? holder[value.name].name : member.word, where);
}

function checkAttribute(holder, member, where) {
  const { get, set, enumerable, configurable } = describe(holder, member.key);
  same([enumerable, configurable], [true, true], where);
  same([get?.name, get?.length], [`get ${member.word}`, 0], where);
  const setter = set === undefined ? undefined : [set.name, set.length];
  same(setter, member.isSettable ? [`set ${member.word}`, 1] : undefined, where);
}

function checkConstant(holder, member, where) {
  const { value, writable, enumerable, configurable } = describe(holder, member.key);
  same([typeof value, writable, enumerable, configurable], ['number', false, true, false], where);
}

function checkMembers(holder, members, where, except) {
  for (const member of members) {
    const at = `${where}${member.word}`;
    ok(describe(holder, member.key) !== undefined, `${at} is missing`);
    if (member.kind === 'operation') checkOperation(holder, member, at);
    else if (member.kind === 'constant') checkConstant(holder, member, at);
    else checkAttribute(holder, member, at);
  }
  const known = members.map(({ key }) => key);
  const others = Reflect.ownKeys(holder).filter(
    (key) => !known.includes(key) && !except.includes(key) && !(`${where}${String(key)}` in kExtras),
  );
  same(others.map(String), [], `${where} has what no standard has`);
}

for (const { name, length, parent, statics, members } of interfaces) {
  test(`${name} is as its standard has it`, () => {
    const constructor = globalThis[name];
    same([constructor.name, constructor.length], [name, length]);
    const { prototype } = constructor;
    const base = parent === undefined ? undefined : globalThis[parent];
    same(Object.getPrototypeOf(constructor) === (base ?? Function.prototype), true);
    const object = name === 'DOMException' ? Error.prototype : Object.prototype;
    same(Object.getPrototypeOf(prototype) === (base?.prototype ?? object), true);
    const own = describe(constructor, 'prototype');
    same([own.writable, own.enumerable, own.configurable], [false, false, false]);
    const tag = describe(prototype, Symbol.toStringTag);
    same(tag, { value: name, writable: false, enumerable: false, configurable: true });
    const back = describe(prototype, 'constructor');
    same([back.writable, back.enumerable, back.configurable], [true, false, true]);
    checkMembers(constructor, statics, `${name}.`, ['length', 'name', 'prototype']);
    checkMembers(prototype, members, `${name}#`, ['constructor', Symbol.toStringTag]);
  });
}

test('every interface of the global is in the table, or an extra', () => {
  const known = [...interfaces.map(({ name }) => name), ...Object.keys(kExtraInterfaces)];
  const found = Object.getOwnPropertyNames(globalThis).filter((name) => {
    const { value, enumerable } = describe(globalThis, name);
    const isInterface = typeof value === 'function' && !enumerable && value.prototype !== undefined;
    // The language's own have their names in global_scope_test.js.
    return isInterface && !String(value).includes('[native code]');
  });
  same(
    found.filter((name) => !known.includes(name)),
    [],
  );
  same(
    known.filter((name) => !found.includes(name)),
    [],
  );
});

test('isTrusted is on every event itself, where nobody can change it', () => {
  const { get, set, enumerable, configurable } = describe(new Event('x'), 'isTrusted');
  same([get?.name, set, enumerable, configurable], ['get isTrusted', undefined, true, false]);
});

test('extras are there', () => {
  for (const name of Object.keys(kExtras)) {
    const [, interfaceName, separator, member] = /^(\w+)([.#])(\w+)$/.exec(name);
    const constructor = globalThis[interfaceName];
    ok(member in (separator === '.' ? constructor : constructor.prototype), name);
  }
});
