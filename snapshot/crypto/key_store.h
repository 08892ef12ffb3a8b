#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <variant>

#include <v8.h>

#include "snapshot/buffer_budget.h"
#include "snapshot/compression/coder.h"
#include "snapshot/crypto/openssl.h"
#include "snapshot/crypto/secret_bytes.h"

namespace nano {

// Memory that V8 keeps for an object of JavaScript and counts on no limit.
struct OutsideMemory {
  BufferShare share;
};

// What JavaScript holds by a handle: a secret, an asymmetric key (the public half, or both), a
// digest or a cipher that goes on, a stream's compression, null when that is over, what a
// WebAssembly module takes.
using KeyMaterial = std::variant<SecretBytes, EvpKey, EvpDigestContext, std::unique_ptr<Coder>,
                                 EvpCipherContext, OutsideMemory>;

// The keys of one isolate. Each lives as long as its handle, a value that only built-ins hold, and
// at most as long as the store; then its memory is cleansed.
//
// They count on the isolate's budget, and V8 hears of them, so that it collects in time.
class KeyStore final {
 public:
  // Without a budget nothing is counted.
  explicit KeyStore(std::shared_ptr<BufferBudget> budget) : budget_(std::move(budget)) {}
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  // Empty, with a RangeError pending, where there is no memory.
  v8::MaybeLocal<v8::Value> add(v8::Isolate* isolate, KeyMaterial material);
  // Null when it is no handle.
  static KeyMaterial* find(v8::Local<v8::Value> handle);

  size_t count() const { return entries_.size(); }
  // Null where nothing is counted.
  const std::shared_ptr<BufferBudget>& budget() const { return budget_; }

 private:
  struct Entry {
    explicit Entry(KeyStore& store, KeyMaterial kept) : owner(store), material(std::move(kept)) {}
    KeyStore& owner;
    KeyMaterial material;
    BufferShare share;
    size_t bytes = 0;
    v8::Global<v8::External> handle;
    std::list<Entry>::iterator place;
  };

  static void onCollected(const v8::WeakCallbackInfo<Entry>& info);

  std::shared_ptr<BufferBudget> budget_;
  std::list<Entry> entries_;
  // Freed since V8 was told how much there is: a weak callback must not call it.
  size_t freedBytes_ = 0;
};

}  // namespace nano
