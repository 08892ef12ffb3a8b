#pragma once

#include <v8.h>

namespace nano {

// A module without code: what it exports is there already, as [name, value, ...].
v8::Local<v8::Module> makeSyntheticModule(v8::Local<v8::Context> context,
                                          v8::Local<v8::String> name, v8::Local<v8::Array> exports,
                                          v8::Module::SyntheticModuleEvaluationSteps evaluate);

// For its evaluation. False: an exception is pending.
bool setExports(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                v8::Local<v8::Array> exports);

}  // namespace nano
