#pragma once

#include <v8.h>

#include "protocol/http.capnp.h"

namespace nano {

// Bytes of a message as a string; empty where it does not fit into a string.
v8::Local<v8::String> latin1String(v8::Isolate* isolate, capnp::Text::Reader text);
// [name, value, name, value, ...]
v8::Local<v8::Array> headerArray(v8::Isolate* isolate, capnp::List<rpc::Header>::Reader headers);

}  // namespace nano
