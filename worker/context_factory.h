#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <v8.h>

#include "snapshot/buffer_budget.h"
#include "snapshot/entry_points.h"
#include "snapshot/module_library.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"
#include "worker/heap_limit.h"

namespace nano {

// An isolate with its one context, from the snapshot, and what bounds its memory. Blank until an
// app's modules are loaded into it.
class Realm final {
 public:
  Realm(V8Process& v8, v8::Isolate* isolate, std::shared_ptr<BufferBudget> buffers,
        size_t heapBytes);
  ~Realm();  // The isolate is not entered.
  Realm(const Realm&) = delete;
  Realm& operator=(const Realm&) = delete;

  v8::Isolate* isolate() const { return isolate_; }
  const v8::Global<v8::Context>& context() const { return context_; }
  const EntryPoints& entryPoints() const { return *entryPoints_; }
  const std::shared_ptr<BufferBudget>& buffers() const { return buffers_; }
  V8Process& v8() const { return v8_; }
  const HeapLimit& heapLimit() const { return *heapLimit_; }
  size_t heapBytes() const { return heapBytes_; }
  const ModuleLibrary* library() const { return library_; }
  bool hasWebAssembly() const { return v8_.compilesCode(); }
  // Runs the next task that V8's platform has queued for the isolate, which may call JavaScript.
  // False where there is none.
  bool runForegroundTask() { return v8_.runForegroundTask(isolate_); }

 private:
  friend class ContextFactory;

  V8Process& v8_;
  v8::Isolate* isolate_;
  std::shared_ptr<BufferBudget> buffers_;
  size_t heapBytes_;
  const ModuleLibrary* library_ = nullptr;
  std::optional<HeapLimit> heapLimit_;
  v8::Global<v8::Context> context_;
  std::unique_ptr<EntryPoints> entryPoints_;
};

// Makes realms. What a tenant may not do is refused here, for each of them: eval and its kin and
// WebAssembly that is not a module of the app, until an app is loaded that may; Atomics.wait.
class ContextFactory final {
 public:
  // All outlive the factory and every realm. `library` may be null: there are no node: modules.
  ContextFactory(V8Process& v8, const SnapshotCache& snapshot,
                 const ModuleLibrary* library = nullptr)
      : v8_(v8),
        snapshot_(snapshot),
        library_(library) {}

  // Takes some 2 ms: Isolate::New from the snapshot, then the context.
  std::unique_ptr<Realm> make(size_t heapBytes, size_t externalBytes) const;

  V8Process& v8() const { return v8_; }

 private:
  V8Process& v8_;
  const SnapshotCache& snapshot_;
  const ModuleLibrary* library_;
};

}  // namespace nano
