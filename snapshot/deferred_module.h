#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <v8.h>

#include "snapshot/builtin_module.h"

namespace nano {

// A built-in that is compiled and run when it is first used, in the isolate that uses it.
//
// The snapshot holds its text (compressed, one for all isolates) and this: what it needs, and what
// it exported once it has run. In JavaScript it is an array among the context's late values, so
// that V8 can freeze it.
class DeferredModule final {
 public:
  // What takes the place of a text in the snapshot: a SharedSource with that dictionary.
  static std::string compress(std::string_view text, std::string_view dictionary);

  // `text` is compressed and external; `modules` is the argument of the module's function. Runs
  // while a snapshot is built; the number is for the two functions below.
  static v8::Local<v8::Integer> make(v8::Local<v8::Context> context, v8::Local<v8::String> name,
                                     v8::Local<v8::String> text, v8::Local<v8::Object> modules);

  // Gives `modules` the property `specifier`: the exports of `deferred`, which runs when the
  // property is read first.
  static void addExports(v8::Local<v8::Context> context, v8::Local<v8::Object> modules,
                         v8::Local<v8::String> specifier, v8::Local<v8::Integer> deferred);
  // What `import defer * as name` gives: an object with the exports' names, which runs the module
  // when one of them is read first.
  static v8::Local<v8::Object> makeNamespace(v8::Local<v8::Context> context,
                                             const BuiltinModule& module,
                                             v8::Local<v8::Integer> deferred);

  // Functions that a snapshot refers to by number.
  static std::span<const intptr_t> references();
};

}  // namespace nano
