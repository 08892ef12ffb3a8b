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
  // Both must outlive every isolate that uses this.
  SharedSource(std::string_view ascii, std::string_view dictionary)
      : text_(ascii),
        dictionary_(dictionary) {}

  // What a compressed one was compressed with.
  std::string_view dictionary() const { return dictionary_; }

  const char* data() const override { return text_.data(); }
  size_t length() const override { return text_.size(); }

 protected:
  void Dispose() override {}  // An isolate lets go of it.

 private:
  std::string_view text_;
  std::string_view dictionary_;
};

// The texts of a snapshot. Those that run late are compressed, with all of the others, one after
// the other, as the dictionary: built-ins are much alike.
struct SharedTexts {
  std::vector<std::string_view> plain;
  std::vector<std::string_view> compressed;
  std::string_view dictionary;
};

// The texts of a snapshot, and the addresses a snapshot refers to by number: the ops',
// those of what runs when a property is read first, and the texts'. The same for who makes a
// snapshot and who uses it.
class SharedSources final {
 public:
  explicit SharedSources(const SharedTexts& texts);

  SharedSource* plain(size_t index) const { return sources_[index].get(); }
  SharedSource* compressed(size_t index) const { return sources_[plainCount_ + index].get(); }
  // For v8::Isolate::CreateParams::external_references.
  const intptr_t* references() const { return references_.data(); }

 private:
  size_t plainCount_;
  std::vector<std::unique_ptr<SharedSource>> sources_;
  std::vector<intptr_t> references_;
};

}  // namespace nano
