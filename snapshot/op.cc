#include "snapshot/op.h"

#include <kj/debug.h>
#include <kj/string.h>

namespace nano::op {

void throwWrongArgument(v8::Isolate* isolate, int index, const char* expected) {
  if (isolate->HasPendingException()) return;
  const auto text = kj::str("argument ", index + 1, " must be ", expected);
  v8::Local<v8::String> message;
  if (!v8::String::NewFromUtf8(isolate, text.cStr()).ToLocal(&message)) return;
  isolate->ThrowException(v8::Exception::TypeError(message));
}

void throwInternalError(v8::Isolate* isolate, const kj::Exception& exception) {
  KJ_LOG(ERROR, "an op failed", exception);
  if (isolate->HasPendingException() || isolate->IsExecutionTerminating()) return;
  isolate->ThrowError("internal error");
}

void requirePendingException(v8::Isolate* isolate) {
  if (isolate->HasPendingException() || isolate->IsExecutionTerminating()) return;
  isolate->ThrowException(v8::Exception::RangeError(
      v8::String::NewFromUtf8Literal(isolate, "The result is too large")));
}

}  // namespace nano::op
