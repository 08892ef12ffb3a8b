#pragma once

#include <string>
#include <utility>
#include <variant>

namespace nano {

// What went wrong, for the person at the terminal: what, where, and what to do.
struct Failure {
  std::string message;
};

// A value, or why there is none.
template <typename T>
class [[nodiscard]] Result final {
 public:
  Result(T value) : value_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Failure failure) : value_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(value_); }
  T& value() { return std::get<T>(value_); }
  const T& value() const { return std::get<T>(value_); }
  const Failure& failure() const { return std::get<Failure>(value_); }

 private:
  std::variant<T, Failure> value_;
};

struct Done {};

}  // namespace nano
