#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <v8.h>

namespace nano {

// A built-in's text as a JavaScript string whose characters stay where they are, outside V8's heap.
// Every isolate of the process has the same string; none owns it.
class SharedSource final : public v8::String::ExternalOneByteStringResource {
 public:
  // `ascii` must outlive every isolate that uses this.
  explicit SharedSource(std::string_view ascii) : text_(ascii) {}

  const char* data() const override { return text_.data(); }
  size_t length() const override { return text_.size(); }

 protected:
  void Dispose() override {}  // An isolate lets go of it.

 private:
  std::string_view text_;
};

// The texts of a snapshot, in order, and the addresses a snapshot refers to by number: the ops',
// those of what runs when a property is read first, and the texts'. The same for who makes a
// snapshot and who uses it.
class SharedSources final {
 public:
  explicit SharedSources(const std::vector<std::string_view>& texts);

  SharedSource* at(size_t index) const { return sources_[index].get(); }
  // For v8::Isolate::CreateParams::external_references.
  const intptr_t* references() const { return references_.data(); }

 private:
  std::vector<std::unique_ptr<SharedSource>> sources_;
  std::vector<intptr_t> references_;
};

}  // namespace nano
