#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "supervisor/http_exchange.h"
#include "supervisor/loaded_app.h"

namespace nano {

// An exchange that keeps what it is told, for tests of what answers exchanges.
class RecordingExchange final : public HttpExchange {
 public:
  explicit RecordingExchange(std::string_view method = "GET", std::string_view target = "/") {
    head_.method = method;
    head_.scheme = "http";
    head_.authority = "app.example.test";
    head_.target = target;
    head_.fields = fields_;
    head_.clientAddress = "192.0.2.1";
  }

  // A client that leaves before its answer is whole, as a connection would tell.
  ~RecordingExchange() noexcept(false) {
    if (handlerState != nullptr) LoadedApp::abandon(*this);
  }
  KJ_DISALLOW_COPY(RecordingExchange);

  void setFields(std::vector<HttpField> sent) {
    fields_ = std::move(sent);
    head_.fields = fields_;
  }
  void setBody(std::string sent) {
    body_ = std::move(sent);
    kind_ = BodyKind::kWhole;
  }
  // A stream of these pieces.
  void setPieces(std::vector<std::string> pieces) {
    pieces_ = std::move(pieces);
    kind_ = BodyKind::kStream;
  }

  const RequestHead& head() const override { return head_; }
  BodyKind bodyKind() const override { return kind_; }
  std::span<const std::byte> wholeBody() const override {
    return {reinterpret_cast<const std::byte*>(body_.data()), body_.size()};
  }
  std::optional<uint64_t> bodyLength() const override { return length; }
  kj::Promise<kj::Array<kj::byte>> readBody(size_t maxBytes) override {
    askedFor.push_back(maxBytes);
    if (nextPiece_ == pieces_.size()) return kj::Array<kj::byte>();
    auto& piece = pieces_[nextPiece_++];
    return kj::heapArray(reinterpret_cast<const kj::byte*>(piece.data()), piece.size());
  }

  void respond(const ResponseHead& response, std::span<const std::byte> bytes) override {
    start(response, bytes.size());
    append(bytes);
    end();
  }
  void start(const ResponseHead& response, std::optional<uint64_t> declared) override {
    KJ_REQUIRE(status == 0, "answered twice");
    status = response.status;
    responseLength = declared;
    for (auto& field : response.fields) {
      fields.emplace_back(std::string(field.name), std::string(field.value));
    }
  }
  kj::Promise<void> write(std::span<const std::byte> bytes) override {
    append(bytes);
    return kj::READY_NOW;
  }
  void end() override { ended = true; }
  void abort() override { aborted = true; }

  std::optional<uint64_t> length;
  uint16_t status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::optional<uint64_t> responseLength;
  bool ended = false;
  bool aborted = false;
  std::vector<size_t> askedFor;

 private:
  void append(std::span<const std::byte> bytes) {
    body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  RequestHead head_;
  BodyKind kind_ = BodyKind::kNone;
  std::vector<HttpField> fields_;
  std::string body_;
  std::vector<std::string> pieces_;
  size_t nextPiece_ = 0;
};

}  // namespace nano
