// URL parsing and serialising (https://url.spec.whatwg.org/) by ada. A URL in JavaScript is its
// href and the offsets of its parts, so nothing native has to be kept alive.

#include <memory>

#include <kj/debug.h>

#include "snapshot/ops/ada.h"
#include "snapshot/ops/ops.h"

namespace nano {
namespace {

struct FreeUrl {
  void operator()(void* url) const { ada_free(url); }
};
using Url = std::unique_ptr<void, FreeUrl>;

// The offsets of ada_url_components and then the scheme's type.
constexpr size_t kParts = 9;
static_assert(sizeof(ada_url_components) == (kParts - 1) * sizeof(uint32_t));

// The setters by number, as url.js counts them.
enum class Part : uint32_t {
  kHref,
  kProtocol,
  kUsername,
  kPassword,
  kHost,
  kHostname,
  kPort,
  kPathname,
  kSearch,
  kHash,
};

Url parse(std::string_view input, const Utf8* base) {
  if (base == nullptr) return Url(ada_parse(input.data(), input.size()));
  return Url(
      ada_parse_with_base(input.data(), input.size(), base->view().data(), base->view().size()));
}

// Copies the parts to JavaScript and returns href.
v8::MaybeLocal<v8::Value> describe(v8::Isolate* isolate, const Url& url,
                                   std::span<uint32_t> parts) {
  KJ_REQUIRE(parts.size() >= kParts, "url.js must offer room for all parts");
  const auto* components = ada_get_components(url.get());
  const uint32_t values[kParts] = {
      components->protocol_end, components->username_end, components->host_start,
      components->host_end,     components->port,         components->pathname_start,
      components->search_start, components->hash_start,   ada_get_scheme_type(url.get())};
  std::copy(std::begin(values), std::end(values), parts.begin());
  // An href is ASCII: everything else is percent-encoded or Punycode.
  const ada_string href = ada_get_href(url.get());
  if (href.length > static_cast<size_t>(v8::String::kMaxLength)) return {};
  v8::Local<v8::String> text;
  if (!v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(href.data),
                                  v8::NewStringType::kNormal, static_cast<int>(href.length))
           .ToLocal(&text)) {
    return {};
  }
  return text;
}

bool readBase(v8::Isolate* isolate, v8::Local<v8::Value> value, Utf8& text, const Utf8*& base) {
  base = nullptr;
  if (value->IsUndefined()) return true;
  if (!value->IsString()) {
    op::throwWrongArgument(isolate, 1, "a string or undefined");
    return false;
  }
  text.assign(isolate, value.As<v8::String>());
  base = &text;
  return true;
}

// Returns href, or undefined when it is not a URL.
v8::MaybeLocal<v8::Value> urlParse(OpCall& call, const Utf8& input, v8::Local<v8::Value> baseValue,
                                   std::span<uint32_t> parts) {
  Utf8 text;
  const Utf8* base = nullptr;
  if (!readBase(call.isolate(), baseValue, text, base)) return {};
  const Url url = parse(input.view(), base);
  if (!ada_is_valid(url.get())) return v8::Undefined(call.isolate());
  return describe(call.isolate(), url, parts);
}

bool urlCanParse(OpCall& call, const Utf8& input, v8::Local<v8::Value> baseValue) {
  Utf8 text;
  const Utf8* base = nullptr;
  if (!readBase(call.isolate(), baseValue, text, base)) return false;
  const auto view = input.view();
  if (base == nullptr) return ada_can_parse(view.data(), view.size());
  return ada_can_parse_with_base(view.data(), view.size(), base->view().data(),
                                 base->view().size());
}

bool setPart(const Url& url, Part part, std::string_view value) {
  const char* data = value.data();
  const size_t size = value.size();
  switch (part) {
    case Part::kHref:
      return ada_set_href(url.get(), data, size);
    case Part::kProtocol:
      return ada_set_protocol(url.get(), data, size);
    case Part::kUsername:
      return ada_set_username(url.get(), data, size);
    case Part::kPassword:
      return ada_set_password(url.get(), data, size);
    case Part::kHost:
      return ada_set_host(url.get(), data, size);
    case Part::kHostname:
      return ada_set_hostname(url.get(), data, size);
    case Part::kPort:
      return ada_set_port(url.get(), data, size);
    case Part::kPathname:
      return ada_set_pathname(url.get(), data, size);
    case Part::kSearch:
      ada_set_search(url.get(), data, size);
      return true;
    case Part::kHash:
      ada_set_hash(url.get(), data, size);
      return true;
  }
  KJ_FAIL_REQUIRE("no such part of a URL", static_cast<uint32_t>(part));
}

// Returns the new href, or false when the value is refused and nothing changes.
v8::MaybeLocal<v8::Value> urlSet(OpCall& call, const Utf8& href, uint32_t part, const Utf8& value,
                                 std::span<uint32_t> parts) {
  const Url url = parse(href.view(), nullptr);
  KJ_REQUIRE(ada_is_valid(url.get()), "url.js keeps only valid URLs");
  if (!setPart(url, static_cast<Part>(part), value.view())) return v8::False(call.isolate());
  return describe(call.isolate(), url, parts);
}

constexpr Op kOps[] = {
    {"urlParse", bindOp<urlParse>},
    {"urlCanParse", bindOp<urlCanParse>},
    {"urlSet", bindOp<urlSet>},
};

}  // namespace

const std::span<const Op> kUrlOps = kOps;

}  // namespace nano
