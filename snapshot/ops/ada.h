#pragma once

#include <cstddef>
#include <cstdint>

// ada, the engine's URL parser: its C API (ada_c.h of ada 3), which the engine exports without the
// header. url_ops_test.cc proves that these declarations fit the pinned engine. Texts are UTF-8.
extern "C" {

using ada_url = void*;  // NOLINT

struct ada_string {  // NOLINT: lives as long as its URL is not changed.
  const char* data;
  size_t length;
};

// Offsets into href; kAdaOmitted where the URL has no such part.
struct ada_url_components {  // NOLINT
  uint32_t protocol_end;     // NOLINT
  uint32_t username_end;     // NOLINT
  uint32_t host_start;       // NOLINT
  uint32_t host_end;         // NOLINT
  uint32_t port;
  uint32_t pathname_start;  // NOLINT
  uint32_t search_start;    // NOLINT
  uint32_t hash_start;      // NOLINT
};

// The result is never null; ada_is_valid() tells. To be given to ada_free().
ada_url ada_parse(const char* input, size_t length);
ada_url ada_parse_with_base(const char* input, size_t inputLength, const char* base,
                            size_t baseLength);
bool ada_can_parse(const char* input, size_t length);
bool ada_can_parse_with_base(const char* input, size_t inputLength, const char* base,
                             size_t baseLength);
void ada_free(ada_url url);
bool ada_is_valid(ada_url url);
ada_string ada_get_href(ada_url url);
const ada_url_components* ada_get_components(ada_url url);
uint8_t ada_get_scheme_type(ada_url url);

bool ada_set_href(ada_url url, const char* input, size_t length);
bool ada_set_protocol(ada_url url, const char* input, size_t length);
bool ada_set_username(ada_url url, const char* input, size_t length);
bool ada_set_password(ada_url url, const char* input, size_t length);
bool ada_set_host(ada_url url, const char* input, size_t length);
bool ada_set_hostname(ada_url url, const char* input, size_t length);
bool ada_set_port(ada_url url, const char* input, size_t length);
bool ada_set_pathname(ada_url url, const char* input, size_t length);
void ada_set_search(ada_url url, const char* input, size_t length);
void ada_set_hash(ada_url url, const char* input, size_t length);
}
