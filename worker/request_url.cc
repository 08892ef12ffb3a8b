#include "worker/request_url.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "snapshot/ops/ada.h"

namespace nano {
namespace {

struct FreeUrl {
  void operator()(void* url) const { ada_free(url); }
};

// A dot, or a percent sign that may be one, matters behind a slash alone: kDot is kSlash, shifted.
enum Mark : uint8_t { kPlain = 0, kOdd = 1, kSlash = 2, kDot = 4 };

constexpr std::array<uint8_t, 256> makeMarks() {
  std::array<uint8_t, 256> marks{};
  for (size_t byte = 0; byte < marks.size(); ++byte) {
    if (byte <= ' ' || byte >= 0x7F) marks[byte] = kOdd;
  }
  for (const char odd : {'"', '\'', '<', '>', '\\', '^', '`', '{', '}'})
    marks[static_cast<uint8_t>(odd)] = kOdd;
  marks['/'] = kSlash;
  marks['.'] = marks['%'] = kDot;
  return marks;
}

constexpr std::array<uint8_t, 256> kMarks = makeMarks();

bool mayChange(std::string_view pathAndQuery) {
  unsigned found = 0;
  unsigned before = 0;
  for (const char c : pathAndQuery) {
    const unsigned mark = kMarks[static_cast<uint8_t>(c)];
    found |= mark & (before << 1 | kOdd);
    before = mark;
  }
  return found != 0;
}

// The supervisor has let no other bytes into an authority than those of host names and addresses.
bool isStandard(std::string_view url) {
  constexpr std::string_view kAfterScheme = "://";
  const size_t scheme = url.find(':');
  if (scheme == std::string_view::npos) return false;
  const size_t path = url.find('/', scheme + kAfterScheme.size());
  if (path == std::string_view::npos || mayChange(url.substr(path))) return false;
  return !url.substr(0, path).ends_with(scheme == 4 ? ":80" : ":443");
}

}  // namespace

std::optional<std::string> standardUrl(std::string_view url) {
  if (isStandard(url)) return std::nullopt;
  const std::unique_ptr<void, FreeUrl> parsed(ada_parse(url.data(), url.size()));
  if (!ada_is_valid(parsed.get())) return std::nullopt;
  const ada_string text = ada_get_href(parsed.get());
  const std::string_view href(text.data, text.length);
  return href == url ? std::nullopt : std::optional<std::string>(href);
}

}  // namespace nano
