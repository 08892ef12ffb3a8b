#pragma once

#include <tuple>
#include <type_traits>
#include <utility>

#include <kj/exception.h>
#include <v8.h>

#include "snapshot/op_argument.h"

namespace nano {

// A native function that built-in JavaScript imports from 'nano:ops'.
struct Op {
  const char* name;
  v8::FunctionCallback callback;
};

// What an op function gets first: where it was called. Lives on the stack of one call.
class OpCall final {
 public:
  explicit OpCall(v8::Isolate* isolate) : isolate_(isolate) {}
  OpCall(const OpCall&) = delete;
  OpCall& operator=(const OpCall&) = delete;

  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return isolate_->GetCurrentContext(); }

 private:
  v8::Isolate* isolate_;
};

namespace op {

void throwWrongArgument(v8::Isolate* isolate, int index, const char* expected);
// The exception is logged; JavaScript sees only that something went wrong inside.
void throwInternalError(v8::Isolate* isolate, const kj::Exception& exception);
// An op returned an empty handle: an exception is pending already, or one is thrown now.
void requirePendingException(v8::Isolate* isolate);

using Info = v8::FunctionCallbackInfo<v8::Value>;

// Arguments are read in two rounds: see kMayRunJavaScript.
enum class Round { kMayRunJavaScript, kNoJavaScript };

template <Round round, typename T>
bool readArgument(const Info& info, int& next, OpArgument<T>& argument) {
  if constexpr (OpArgument<T>::kFromJavaScript) {
    const int index = next++;
    if constexpr (OpArgument<T>::kMayRunJavaScript != (round == Round::kMayRunJavaScript)) {
      return true;
    } else {
      if (argument.read(info.GetIsolate(), info[index])) return true;
      throwWrongArgument(info.GetIsolate(), index, OpArgument<T>::kExpected);
      return false;
    }
  } else if constexpr (round == Round::kMayRunJavaScript) {
    return true;
  } else {
    return argument.read(info.GetIsolate());
  }
}

template <Round round, typename... Args>
bool readArguments(const Info& info, std::tuple<OpArgument<Args>...>& arguments) {
  int next = 0;
  return std::apply(
      [&info, &next](auto&... argument) {
        return (readArgument<round>(info, next, argument) && ...);
      },
      arguments);
}

template <typename Result>
void setResult(const Info& info, Result result) {
  info.GetReturnValue().Set(result);
}

template <typename T>
void setResult(const Info& info, v8::MaybeLocal<T> result) {
  v8::Local<T> value;
  if (result.ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  } else {
    requirePendingException(info.GetIsolate());
  }
}

template <auto fn, typename Signature>
struct Binding;

template <auto fn, typename Result, typename... Args>
struct Binding<fn, Result (*)(OpCall&, Args...)> {
  static void callback(const Info& info) {
    KJ_IF_MAYBE(exception, kj::runCatchingExceptions([&info]() { call(info); })) {
      throwInternalError(info.GetIsolate(), *exception);
    }
  }

 private:
  static void call(const Info& info) {
    std::tuple<OpArgument<Args>...> arguments;
    if (!readArguments<Round::kMayRunJavaScript>(info, arguments)) return;
    if (!readArguments<Round::kNoJavaScript>(info, arguments)) return;
    OpCall opCall(info.GetIsolate());
    auto invoke = [&opCall](auto&... argument) -> Result { return fn(opCall, argument.get()...); };
    if constexpr (std::is_void_v<Result>) {
      std::apply(invoke, arguments);
    } else {
      setResult(info, std::apply(invoke, arguments));
    }
  }
};

}  // namespace op

// Turns a plain function into a callback for V8: `Result fn(OpCall&, Args...)`.
//
// Each argument is converted by its type (op_argument.h); a value of another type throws a
// TypeError and `fn` is not called. A Host& takes no JavaScript argument: it is the isolate's host,
// and the op throws where there is none, as while a snapshot is built. Results may be void, bool,
// int32_t, uint32_t, double, v8::Local or v8::MaybeLocal (empty: an exception is pending). No C++
// exception leaves the callback.
template <auto fn>
constexpr v8::FunctionCallback bindOp = &op::Binding<fn, decltype(fn)>::callback;

}  // namespace nano
