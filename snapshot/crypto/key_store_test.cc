#include "snapshot/crypto/key_store.h"

#include <memory>

#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

class KeyStoreTest : public testing::Test {
 protected:
  v8::MaybeLocal<v8::Value> add(KeyStore& store, size_t bytes) {
    return store.add(world_.isolate(), SecretBytes(bytes));
  }
  void collectGarbage() {
    world_.isolate()->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  }

  ScriptWorld world_;
  std::shared_ptr<BufferBudget> budget_ = std::make_shared<BufferBudget>(size_t{1} << 20);
};

TEST_F(KeyStoreTest, FindsWhatIsBehindAHandleAndNothingBehindOtherValues) {
  const v8::HandleScope handles(world_.isolate());
  const v8::Context::Scope entered(world_.context());
  KeyStore store(budget_);
  const auto handle = add(store, 5).ToLocalChecked();
  auto* material = KeyStore::find(handle);
  ASSERT_NE(material, nullptr);
  EXPECT_EQ(std::get<SecretBytes>(*material).size(), 5);
  EXPECT_EQ(KeyStore::find(v8::Object::New(world_.isolate())), nullptr);
  EXPECT_EQ(KeyStore::find(v8::Undefined(world_.isolate())), nullptr);
}

TEST_F(KeyStoreTest, LetsGoOfAKeyWithItsHandle) {
  const v8::HandleScope handles(world_.isolate());
  const v8::Context::Scope entered(world_.context());
  KeyStore store(budget_);
  {
    const v8::HandleScope inner(world_.isolate());
    for (int i = 0; i < 10; ++i)
      EXPECT_FALSE(add(store, 100).IsEmpty());
  }
  EXPECT_EQ(store.count(), 10);
  EXPECT_GE(budget_->usedBytes(), 1000);
  collectGarbage();
  EXPECT_EQ(store.count(), 0);
  EXPECT_EQ(budget_->usedBytes(), 0);
}

TEST_F(KeyStoreTest, RefusesWhatDoesNotFitIntoTheBudget) {
  const v8::HandleScope handles(world_.isolate());
  const v8::Context::Scope entered(world_.context());
  KeyStore store(budget_);
  const v8::TryCatch caught(world_.isolate());
  EXPECT_TRUE(add(store, size_t{2} << 20).IsEmpty());
  EXPECT_TRUE(caught.HasCaught());
  EXPECT_EQ(store.count(), 0);
}

TEST_F(KeyStoreTest, MayGoBeforeItsHandles) {
  const v8::HandleScope handles(world_.isolate());
  const v8::Context::Scope entered(world_.context());
  {
    KeyStore store(budget_);
    EXPECT_FALSE(add(store, 100).IsEmpty());
  }
  EXPECT_EQ(budget_->usedBytes(), 0);
  collectGarbage();
}

}  // namespace
}  // namespace nano
