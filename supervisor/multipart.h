#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/limits.h"

namespace nano {

// One part of a multipart/form-data body (RFC 7578).
struct FormPart {
  std::string name;
  std::string filename;     // Empty: none.
  std::string contentType;  // As sent; "text/plain" where the part has none (RFC 7578 4.4).
  std::string_view body;    // Into the parsed body.
};

// An app's modules and its metadata.
inline constexpr size_t kMaxFormParts = kMaxBundleFiles + 1;
// The header fields of one part. Ours: a path of 255 bytes twice, escaped, and some room.
inline constexpr size_t kMaxPartHeaderBytes = 4 * 1024;

// Splits a whole body. Strict: begins with its first delimiter, ends with its last, and every part
// has a name; a string says what is wrong. Time and memory are linear in the body.
std::variant<std::vector<FormPart>, std::string> parseMultipart(std::string_view contentType,
                                                                std::string_view body);

}  // namespace nano
