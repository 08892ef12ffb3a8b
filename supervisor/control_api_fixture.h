#pragma once

// For tests: a control API over a real registry and a fake server, and requests in memory.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <kj/time.h>
#include <nlohmann/json.hpp>

#include "supervisor/bounded_json.h"
#include "supervisor/control_api.h"
#include "supervisor/disk_app_registry.h"
#include "supervisor/fake_live_server.h"
#include "supervisor/policy_file.h"
#include "supervisor/temporary_directory.h"

namespace nano {

inline constexpr char kShop[] = "/client/v4/accounts/default/workers/scripts/shop";
inline constexpr char kShopLimits[] = "/nano/v1/accounts/default/scripts/shop/limits";
inline constexpr char kShopLogs[] = "/nano/v1/accounts/default/scripts/shop/logs";

// One request in memory, and what it was answered.
class FakeExchange final : public HttpExchange {
 public:
  FakeExchange(std::string method, std::string target)
      : method_(std::move(method)),
        target_(std::move(target)) {
    head_.method = method_;
    head_.target = target_;
  }
  void setBody(const std::string& contentType, std::string body) {
    contentType_ = contentType;
    fields_ = {{"content-type", contentType_}};
    head_.fields = fields_;
    body_ = std::move(body);
    kind_ = BodyKind::kWhole;
  }
  // The body comes in pieces of this size, and after them `after`.
  void streamIn(size_t pieceBytes, kj::Promise<kj::Array<kj::byte>> after) {
    kind_ = BodyKind::kStream;
    pieceBytes_ = pieceBytes;
    after_ = kj::mv(after);
  }
  void declareLength(uint64_t length) {
    kind_ = BodyKind::kStream;
    length_ = length;
  }

  const RequestHead& head() const override { return head_; }
  BodyKind bodyKind() const override { return kind_; }
  std::span<const std::byte> wholeBody() const override { return std::as_bytes(std::span(body_)); }
  std::optional<uint64_t> bodyLength() const override { return length_; }
  kj::Promise<kj::Array<kj::byte>> readBody(size_t maxBytes) override {
    size_t size = std::min({pieceBytes_, maxBytes, body_.size() - at_});
    if (size == 0) return kj::mv(after_);
    auto piece = kj::heapArray<kj::byte>(size);
    std::copy_n(body_.begin() + static_cast<ptrdiff_t>(at_), size, piece.begin());
    at_ += size;
    return kj::mv(piece);
  }
  void respond(const ResponseHead& response, std::span<const std::byte> body) override {
    start(response, body.size());
    append(body);
    end();
  }
  void start(const ResponseHead& response, std::optional<uint64_t>) override {
    EXPECT_EQ(status, 0) << "answered twice";
    status = response.status;
    for (const HttpField& field : response.fields) {
      fields[std::string(field.name)] = std::string(field.value);
    }
  }
  kj::Promise<void> write(std::span<const std::byte> bytes) override {
    EXPECT_FALSE(ended);
    append(bytes);
    return kj::READY_NOW;
  }
  void end() override { ended = true; }
  void abort() override { aborted = true; }

  nlohmann::json json() const { return parseBoundedJson(text).value_or(nlohmann::json()); }
  nlohmann::json error() const { return json()["errors"][0]; }

  int status = 0;
  std::map<std::string, std::string> fields;
  std::string text;
  bool ended = false;
  bool aborted = false;

 private:
  void append(std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  std::string method_;
  std::string target_;
  std::string contentType_;
  std::vector<HttpField> fields_;
  RequestHead head_;
  std::string body_;
  BodyKind kind_ = BodyKind::kNone;
  std::optional<uint64_t> length_;
  size_t pieceBytes_ = 0;
  size_t at_ = 0;
  kj::Promise<kj::Array<kj::byte>> after_ = kj::Array<kj::byte>();
};

inline std::string form(const nlohmann::json& metadata,
                        const std::string& module = "export default {}") {
  return "--XX\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n" + metadata.dump() +
         "\r\n--XX\r\nContent-Disposition: form-data; name=\"index.js\"; filename=\"index.js\"\r\n"
         "Content-Type: application/javascript+module\r\n\r\n" +
         module + "\r\n--XX--\r\n";
}
inline constexpr char kFormType[] = "multipart/form-data; boundary=XX";
inline const nlohmann::json kMetadata = {{"main_module", "index.js"}};

inline LimitPolicy policyOf(const std::string& text) {
  return std::get<LimitPolicy>(parsePolicy("policy.jsonc", text));
}

class ControlApiTest : public testing::Test {
 protected:
  ControlApiTest() {
    auto opened = StateDir::open(directory_.below("state"), vfs_);
    state_ = std::get<std::unique_ptr<StateDir>>(std::move(opened));
    registry_ =
        std::make_unique<DiskAppRegistry>(*state_, kj::systemPreciseCalendarClock(), policy_);
    deployer_ = std::make_unique<AppDeployer>(*registry_, server_, usage_, policy_);
    api_ = std::make_unique<ControlApi>(
        ControlApi::Parts{*registry_, *deployer_, server_, log_, policy_}, 8787);
  }
  ~ControlApiTest() noexcept override = default;

  void turn() { waitScope_.poll(); }
  std::unique_ptr<FakeExchange> ask(const std::string& method, const std::string& target) {
    auto exchange = std::make_unique<FakeExchange>(method, target);
    api_->handle(*exchange);
    turn();
    return exchange;
  }
  std::unique_ptr<FakeExchange> put(const std::string& body, const std::string& target = kShop) {
    auto exchange = std::make_unique<FakeExchange>("PUT", target);
    exchange->setBody(kFormType, body);
    api_->handle(*exchange);
    turn();
    return exchange;
  }
  void say(const std::string& message) {
    AppLogLine line;
    line.unixMillis = 5;
    line.requestId = "r1";
    line.level = LogLevel::kWarn;
    line.message = message;
    line.version = "v";
    log_.append({"default", "shop"}, line);
  }

  TemporaryDirectory directory_;
  kj::EventLoop loop_;
  kj::WaitScope waitScope_{loop_};
  RealVfs vfs_;
  FakeLiveServer server_;
  LimitPolicy policy_;
  AppLog log_{kj::systemPreciseMonotonicClock()};
  std::unique_ptr<StateDir> state_;
  std::unique_ptr<DiskAppRegistry> registry_;
  UsageBook usage_{1};
  std::unique_ptr<AppDeployer> deployer_;
  std::unique_ptr<ControlApi> api_;
};

}  // namespace nano
