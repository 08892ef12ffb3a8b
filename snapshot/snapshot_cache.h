#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <kj/io.h>
#include <v8.h>

#include "snapshot/shared_source.h"

namespace nano {

// Why a snapshot file is not used: one sentence that names the field that differs.
struct SnapshotMismatch {
  std::string reason;
};

// The snapshot file, mapped read-only and verified: what every isolate of the process starts from.
//
// The file is a header (magic, version of the format, V8's version, digests of the V8 flags and of
// the op table, sizes, checksum of it all) and V8's blob. It is verified once, here; the
// mapping stays valid after the descriptor is closed and after the process can open nothing any
// more.
class SnapshotCache final {
 public:
  // Maps and verifies. V8 must have been started.
  static std::variant<std::unique_ptr<SnapshotCache>, SnapshotMismatch> open(int fd);
  // The bytes of a snapshot file: V8's blob, and the texts it refers to as shared sources.
  static std::string encode(std::span<const char> blob, const SharedTexts& texts);

  ~SnapshotCache();
  SnapshotCache(const SnapshotCache&) = delete;
  SnapshotCache& operator=(const SnapshotCache&) = delete;

  // Sets what an isolate from this snapshot needs: snapshot_blob and external_references. This must
  // outlive the isolate.
  void addTo(v8::Isolate::CreateParams& params) const;

  size_t blobBytes() const { return static_cast<size_t>(blob_.raw_size); }

 private:
  SnapshotCache(std::string_view mapping, const SharedTexts& texts, v8::StartupData blob)
      : mapping_(mapping),
        sources_(texts),
        blob_(blob) {}

  std::string_view mapping_;
  SharedSources sources_;
  v8::StartupData blob_;
};

}  // namespace nano
