#include "worker/source_maps.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/limits.h"

namespace nano {
namespace {

constexpr std::string_view kSuffix = ".map";

// Takes ":123" off the end. 0: there is none.
uint32_t takeNumber(std::string_view& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return 0;
  uint32_t number = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data() + colon + 1, end, number);
  if (error != std::errc() || stop != end) return 0;
  text = text.substr(0, colon);
  return number;
}

}  // namespace

SourceMaps::SourceMaps(const AppSource& source) {
  for (const AppSource::Module& module : source.modules) {
    if (module.kind != AppSource::Kind::kSourceMap || !module.path.ends_with(kSuffix)) continue;
    maps_.emplace(module.path.substr(0, module.path.size() - kSuffix.size()),
                  Entry{&module, nullptr});
  }
}

SourceMaps::Entry* SourceMaps::find(std::string_view path) {
  auto found = maps_.find(path);
  if (found == maps_.end()) return nullptr;
  Entry& entry = found->second;
  if (!entry.isRead) {
    entry.isRead = true;
    auto parsed = SourceMap::parse(entry.module->content);
    if (auto* problem = std::get_if<std::string>(&parsed)) {
      problems_.push_back("The source map " + entry.module->path + " is ignored: " + *problem);
    } else {
      entry.map = std::make_unique<SourceMap>(std::get<SourceMap>(std::move(parsed)));
    }
  }
  return entry.map == nullptr ? nullptr : &entry;
}

std::string SourceMaps::mapped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    appendLine(text.substr(0, end), result);
    text.remove_prefix(end);
  }
  return result;
}

// "    at async name (index.js:1:23)", or without a name "    at index.js:1:23".
void SourceMaps::appendLine(std::string_view line, std::string& to) {
  const size_t at = line.find_first_not_of(' ');
  const size_t lastOfPlace = line.find_last_not_of("\n)");
  if (at == std::string_view::npos || lastOfPlace == std::string_view::npos ||
      !line.substr(at).starts_with("at ")) {
    to += line;
    return;
  }
  std::string_view head = line.substr(0, lastOfPlace + 1);
  const uint32_t column = takeNumber(head);
  const uint32_t row = column == 0 ? 0 : takeNumber(head);
  const size_t begin = head.find_last_of(" (") + 1;
  Entry* entry = row == 0 ? nullptr : find(head.substr(begin));
  auto place = entry == nullptr ? std::nullopt : entry->map->find(row, column);
  if (!place) {
    to += line;
    return;
  }
  to.append(line.substr(0, begin))
      .append(place->source)
      .append(":" + std::to_string(place->line) + ":" + std::to_string(place->column))
      .append(line.substr(lastOfPlace + 1));
}

void SourceMaps::map(JsError& error) {
  if (maps_.empty()) return;
  error.stack = mapped(error.stack).substr(0, kMaxJsErrorBytes);
  Entry* entry = find(error.file);
  auto place = entry == nullptr ? std::nullopt : entry->map->find(error.line, error.column);
  if (!place) return;
  error.file = place->source;
  error.line = place->line;
  error.column = place->column;
  auto content = SourceMap::contentOf(entry->module->content, place->sourceIndex);
  error.sourceLine = content ? excerptOfLine(*content, error.line, error.column) : "";
}

}  // namespace nano
