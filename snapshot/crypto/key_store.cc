#include "snapshot/crypto/key_store.h"

#include <utility>

namespace nano {

namespace {

constexpr v8::ExternalPointerTypeTag kHandleTag = v8::kExternalPointerTypeTagDefault;

// About what OpenSSL holds for one: measured as a P-256 key and a digest's state.
constexpr size_t kObjectBytes = 4096;
constexpr size_t kEntryBytes = 256;
// About what zlib holds for one stream. That is on the budget already: this is for V8.
constexpr size_t kCoderBytes = size_t{256} << 10;

size_t sizeOf(const KeyMaterial& material) {
  if (const auto* secret = std::get_if<SecretBytes>(&material)) return kEntryBytes + secret->size();
  if (std::holds_alternative<std::unique_ptr<Coder>>(material)) return kEntryBytes;
  if (std::holds_alternative<OutsideMemory>(material)) return kEntryBytes;
  const auto* key = std::get_if<EvpKey>(&material);
  // An RSA key has eight numbers, and what makes calculating with them faster.
  if (key != nullptr) return kObjectBytes + static_cast<size_t>(EVP_PKEY_get_bits(key->get())) * 2;
  return kObjectBytes;
}

// What V8 is to think that a handle holds: it collects sooner for more.
size_t weightOf(const KeyMaterial& material) {
  if (const auto* outside = std::get_if<OutsideMemory>(&material)) {
    return kEntryBytes + outside->share.bytes();
  }
  return std::holds_alternative<std::unique_ptr<Coder>>(material) ? kCoderBytes : sizeOf(material);
}

}  // namespace

KeyStore::~KeyStore() {
  // V8 must not find its way back from a handle that outlives this.
  for (auto& entry : entries_)
    entry.handle.Reset();
}

v8::MaybeLocal<v8::Value> KeyStore::add(v8::Isolate* isolate, KeyMaterial material) {
  const size_t counted = sizeOf(material);
  const size_t bytes = weightOf(material);
  Entry& entry = entries_.emplace_back(*this, std::move(material));
  entry.place = std::prev(entries_.end());
  if (budget_ != nullptr && !entry.share.add(budget_, counted)) {
    entries_.pop_back();
    isolate->ThrowException(v8::Exception::RangeError(
        v8::String::NewFromUtf8Literal(isolate, "There is no memory for a key")));
    return {};
  }
  entry.bytes = bytes;
  const auto handle = v8::External::New(isolate, &entry, kHandleTag);
  entry.handle.Reset(isolate, handle);
  entry.handle.SetWeak(&entry, onCollected, v8::WeakCallbackType::kParameter);
  const auto change = static_cast<int64_t>(bytes) - static_cast<int64_t>(freedBytes_);
  freedBytes_ = 0;
  isolate->AdjustAmountOfExternalAllocatedMemory(change);
  return handle;
}

KeyMaterial* KeyStore::find(v8::Local<v8::Value> handle) {
  if (!handle->IsExternal()) return nullptr;
  return &static_cast<Entry*>(handle.As<v8::External>()->Value(kHandleTag))->material;
}

void KeyStore::onCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry& entry = *info.GetParameter();
  entry.handle.Reset();
  entry.owner.freedBytes_ += entry.bytes;
  entry.owner.entries_.erase(entry.place);
}

}  // namespace nano
