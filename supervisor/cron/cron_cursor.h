#pragma once

#include <cstdint>
#include <optional>

#include "supervisor/state_dir.h"

namespace nano {

// Up to which moment cron triggers have been begun, on disk: what keeps one from being begun a
// second time by a nanod that starts again.
class CronCursor {
 public:
  // Milliseconds since 1970; nothing where there is none or it cannot be read.
  virtual std::optional<int64_t> read() = 0;
  // Durable once it returns without an error.
  virtual std::optional<DiskError> write(int64_t unixMillis) = 0;

 protected:
  ~CronCursor() noexcept(false) = default;
};

// The file cron.json of the state directory.
class DiskCronCursor final : public CronCursor {
 public:
  // `state` outlives this.
  explicit DiskCronCursor(StateDir& state) : state_(state) {}

  std::optional<int64_t> read() override;
  std::optional<DiskError> write(int64_t unixMillis) override;

 private:
  StateDir& state_;
};

}  // namespace nano
