#pragma once

#include <v8.h>

#include "worker/app_source.h"

namespace nano {

// Compiles the main module of an app in service-worker syntax, a classic script. Runs none of it;
// empty with an exception pending.
v8::MaybeLocal<v8::Script> compileMainScript(v8::Local<v8::Context> context,
                                             const AppSource& source);

}  // namespace nano
