#include "protocol/message_frame.h"

#include <cstdint>
#include <cstring>

namespace nano {
namespace {

// The table's entries are 32-bit little-endian, as are the machines nano runs on.
uint32_t tableEntry(kj::ArrayPtr<const kj::byte> table, size_t index) {
  uint32_t value;
  memcpy(&value, table.begin() + index * sizeof(value), sizeof(value));
  return value;
}

void setTableEntry(kj::byte* table, size_t index, uint32_t value) {
  memcpy(table + index * sizeof(value), &value, sizeof(value));
}

size_t tableWords(size_t segments) { return (segments + 2) / 2; }

}  // namespace

FrameScan scanFrame(kj::ArrayPtr<const kj::byte> received, size_t maxWords) {
  using State = FrameScan::State;
  if (received.size() < sizeof(uint32_t)) return {State::kIncomplete, 0};
  size_t segments = size_t{tableEntry(received, 0)} + 1;
  if (segments > kMaxSegments) return {State::kTooManySegments, 0};
  size_t words = tableWords(segments);
  if (received.size() < words * sizeof(capnp::word)) return {State::kIncomplete, 0};
  // At most 64 sizes below 2^32: no overflow.
  for (size_t i = 0; i < segments; ++i)
    words += tableEntry(received, 1 + i);
  if (words > maxWords) return {State::kTooLarge, words};
  bool whole = received.size() >= words * sizeof(capnp::word);
  return {whole ? State::kComplete : State::kIncomplete, words};
}

size_t frameWords(Segments segments) {
  size_t words = tableWords(segments.size());
  for (auto& segment : segments)
    words += segment.size();
  return words;
}

void writeFrame(Segments segments, kj::byte* out) {
  setTableEntry(out, 0, segments.size() - 1);
  for (size_t i = 0; i < segments.size(); ++i)
    setTableEntry(out, 1 + i, segments[i].size());
  if (segments.size() % 2 == 0) setTableEntry(out, 1 + segments.size(), 0);
  out += tableWords(segments.size()) * sizeof(capnp::word);
  for (auto& segment : segments) {
    memcpy(out, segment.begin(), segment.size() * sizeof(capnp::word));
    out += segment.size() * sizeof(capnp::word);
  }
}

}  // namespace nano
