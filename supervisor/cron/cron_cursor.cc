#include "supervisor/cron/cron_cursor.h"

#include <string>

#include "supervisor/bounded_json.h"
#include "supervisor/disk_read.h"
#include "supervisor/durable_writer.h"

namespace nano {
namespace {

constexpr char kName[] = "cron.json";
constexpr size_t kMaxBytes = 1024;
constexpr uint64_t kMaxMillis = uint64_t{1} << 50;

}  // namespace

std::optional<int64_t> DiskCronCursor::read() {
  auto text = readFile(state_.root(), kName, kMaxBytes);
  auto* bytes = std::get_if<std::string>(&text);
  auto json = bytes == nullptr ? std::nullopt : parseBoundedJson(*bytes);
  if (!json || !json->is_object()) return std::nullopt;
  auto millis = numberMember(*json, "begunThroughMillis", kMaxMillis);
  if (!millis) return std::nullopt;
  return static_cast<int64_t>(*millis);
}

std::optional<DiskError> DiskCronCursor::write(int64_t unixMillis) {
  const std::string temp = state_.newTempName();
  const std::string name = kName;
  DurableWriter writer(state_.vfs());
  writer.file(state_.temp(), temp, jsonLine({{"begunThroughMillis", unixMillis}}) + "\n");
  writer.rename({state_.temp(), temp}, {state_.root(), name});
  if (writer.failed()) {
    removeTree(state_.vfs(), state_.temp(), temp);
    return writer.error();
  }
  writer.sync(state_.root(), "the state directory");
  return writer.error();
}

}  // namespace nano
