#pragma once

#include <cstddef>
#include <cstdint>

// The engine exports simdutf, without its header. These are the functions nano uses, declared for
// the version inside the pinned engine; encoding_ops_test.cc proves that they fit.
namespace simdutf {

bool validate_ascii(const char* text, size_t length) noexcept;  // NOLINT
bool validate_utf8(const char* text, size_t length) noexcept;   // NOLINT

// Returns the bytes written.
size_t convert_latin1_to_utf8(const char* text, size_t length, char* out) noexcept;  // NOLINT
size_t utf8_length_from_latin1(const char* text, size_t length) noexcept;            // NOLINT

enum base64_options : uint64_t { base64_default = 0 };      // NOLINT
enum last_chunk_handling_options : uint64_t { loose = 0 };  // NOLINT
enum error_code { SUCCESS = 0 };                            // NOLINT
struct result {                                             // NOLINT
  error_code error;
  size_t count;
};

size_t binary_to_base64(const char* bytes, size_t length, char* out,  // NOLINT
                        base64_options options) noexcept;
// Forgiving base64 (https://infra.spec.whatwg.org/#forgiving-base64-decode). `outLength` is the
// room in `out`, then the bytes written; `result.error` is 0 when the text was right.
result base64_to_binary_safe(const char* text, size_t length, char* out,
                             size_t& outLength,  // NOLINT
                             base64_options options, last_chunk_handling_options lastChunk,
                             bool decodeUpToBadCharacter) noexcept;

}  // namespace simdutf
