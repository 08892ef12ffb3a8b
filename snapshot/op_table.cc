#include "snapshot/op_table.h"

#include <string_view>
#include <vector>

#include "snapshot/digest.h"
#include "snapshot/ops/ops.h"

namespace nano {

namespace {

// The whole native surface of built-in JavaScript. A new list goes to the end.
std::vector<Op> makeTable() {
  std::vector<Op> table;
  for (const auto& ops :
       {kConsoleOps,    kTimeOps,        kHttpOps,    kEncodingOps,  kBase64Ops,  kCryptoOps,
        kUrlOps,        kCloneOps,       kInspectOps, kContextOps,   kFetchOps,   kSocketOps,
        kDigestOps,     kSecretOps,      kCipherOps,  kKeyFormatOps, kRsaOps,     kCurveOps,
        kDeriveOps,     kCompressionOps, kAeadOps,    kKeccakOps,    kLatticeOps, kLibraryOps,
        kNodeCipherOps, kNodeDigestOps,  kWasmOps,    kRpcOps}) {
    table.insert(table.end(), ops.begin(), ops.end());
  }
  return table;
}

}  // namespace

std::span<const Op> allOps() {
  static const std::vector<Op> kTable = makeTable();
  return kTable;
}

uint64_t opTableDigest() {
  Digest digest;
  for (const auto& op : allOps()) {
    digest.add(op.name);
    digest.add("\n");
  }
  return digest.value();
}

v8::MaybeLocal<v8::Object> makeOps(v8::Local<v8::Context> context) {
  auto* isolate = v8::Isolate::GetCurrent();
  const auto ops = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  for (const auto& op : allOps()) {
    v8::Local<v8::String> name;
    v8::Local<v8::Function> function;
    if (!v8::String::NewFromUtf8(isolate, op.name, v8::NewStringType::kInternalized)
             .ToLocal(&name) ||
        !v8::Function::New(context, op.callback, {}, 0, v8::ConstructorBehavior::kThrow)
             .ToLocal(&function) ||
        !ops->CreateDataProperty(context, name, function).FromMaybe(false)) {
      return {};
    }
    function->SetName(name);
  }
  return ops;
}

}  // namespace nano
