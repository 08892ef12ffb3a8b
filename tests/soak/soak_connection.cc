#include "tests/soak/soak_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>

#include <kj/debug.h>

namespace nano::soak {

namespace {

constexpr size_t kMaxHead = 64 << 10;

template <typename Number>
std::optional<Number> parseNumber(std::string_view text, int base = 10) {
  Number value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

// --- reading an answer ---

bool AnswerReader::take(std::string_view bytes) {
  pending_ += bytes;
  for (;;) {
    Phase before = phase_;
    size_t left = pending_.size();
    phase_ = step();
    if (phase_ == before && pending_.size() == left) break;
  }
  // One request at a time: nothing may follow its answer.
  if (phase_ == Phase::kDone && !pending_.empty()) phase_ = Phase::kBad;
  return phase_ == Phase::kDone || phase_ == Phase::kBad;
}

Received AnswerReader::finish(Ending ending) && {
  if (phase_ == Phase::kHead) received_.status = 0;
  received_.ending = ending;
  if (phase_ == Phase::kDone) received_.ending = Ending::kWhole;
  if (phase_ == Phase::kBad) received_.ending = Ending::kMalformed;
  if (received_.ending != Ending::kWhole) received_.connection = Received::After::kClosed;
  return std::move(received_);
}

AnswerReader::Phase AnswerReader::step() {
  switch (phase_) {
    case Phase::kHead:
      return readHead();
    case Phase::kLength:
      return readBody(Phase::kDone);
    case Phase::kChunkSize:
      return readChunkSize();
    case Phase::kChunk:
      return readBody(Phase::kChunkEnd);
    case Phase::kChunkEnd:
    case Phase::kLast: {
      auto line = takeLine();
      if (!line) return phase_;
      if (!line->empty()) return Phase::kBad;
      return phase_ == Phase::kLast ? Phase::kDone : Phase::kChunkSize;
    }
    case Phase::kDone:
    case Phase::kBad:
      break;
  }
  return phase_;
}

std::optional<std::string> AnswerReader::takeLine() {
  size_t end = pending_.find("\r\n");
  if (end == std::string::npos) return std::nullopt;
  std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 2);
  return line;
}

AnswerReader::Phase AnswerReader::readHead() {
  size_t end = pending_.find("\r\n\r\n");
  if (end == std::string::npos) return pending_.size() > kMaxHead ? Phase::kBad : Phase::kHead;
  std::string first = *takeLine();
  if (first.size() < 13 || !first.starts_with("HTTP/1.1 ")) return Phase::kBad;
  auto status = parseNumber<uint16_t>(std::string_view(first).substr(9, 3));
  if (!status || *status < 200) return Phase::kBad;
  received_.status = *status;
  received_.connection = Received::After::kOpen;
  for (std::string line = *takeLine(); !line.empty(); line = *takeLine()) {
    if (readField(line) == Phase::kBad) return Phase::kBad;
  }
  switch (framing_) {
    case Framing::kNone:
      return Phase::kBad;
    case Framing::kChunked:
      return Phase::kChunkSize;
    case Framing::kLength:
      break;
  }
  return left_ == 0 ? Phase::kDone : Phase::kLength;
}

AnswerReader::Phase AnswerReader::readField(std::string_view line) {
  size_t colon = line.find(": ");
  if (colon == std::string::npos) return Phase::kBad;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view value = line.substr(colon + 2);
  if (name == "x-app") received_.appName = value;
  if (name == "x-version") received_.version = parseNumber<uint32_t>(value).value_or(0);
  if (name == "x-nonce") received_.nonce = parseNumber<uint64_t>(value, 16).value_or(0);
  if (name == "connection" && value == "close") received_.connection = Received::After::kClosed;
  if (name != "content-length" && name != "transfer-encoding") return Phase::kHead;
  if (framing_ != Framing::kNone) return Phase::kBad;
  if (name == "transfer-encoding") {
    framing_ = Framing::kChunked;
    return value == "chunked" ? Phase::kHead : Phase::kBad;
  }
  auto length = parseNumber<uint64_t>(value);
  framing_ = Framing::kLength;
  left_ = length.value_or(0);
  return length ? Phase::kHead : Phase::kBad;
}

AnswerReader::Phase AnswerReader::readChunkSize() {
  auto line = takeLine();
  if (!line) return Phase::kChunkSize;
  auto size = parseNumber<uint64_t>(*line, 16);
  if (!size) return Phase::kBad;
  left_ = *size;
  return left_ == 0 ? Phase::kLast : Phase::kChunk;
}

AnswerReader::Phase AnswerReader::readBody(Phase next) {
  size_t part = static_cast<size_t>(std::min<uint64_t>(left_, pending_.size()));
  received_.body.append(pending_, 0, part);
  pending_.erase(0, part);
  left_ -= part;
  return left_ == 0 ? next : phase_;
}

// --- the socket ---

SoakConnection::SoakConnection(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  KJ_SYSCALL(fd);
  kj::AutoCloseFd socket(fd);
  timeval patience{kClientPatience.count(), 0};
  KJ_SYSCALL(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
  KJ_SYSCALL(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    fd_ = kj::mv(socket);
  }
}

void SoakConnection::send(std::string_view bytes) {
  while (isOpen() && !bytes.empty()) {
    ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return;  // The peer has closed; receive() shows what it said.
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

Received SoakConnection::receive(std::optional<size_t> leaveAfter) {
  AnswerReader reader;
  size_t total = 0;
  char buffer[16384];
  while (isOpen()) {
    if (leaveAfter && total >= *leaveAfter) return std::move(reader).finish(Ending::kAborted);
    ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return std::move(reader).finish(Ending::kTimedOut);
    if (got <= 0) break;
    total += static_cast<size_t>(got);
    if (reader.take({buffer, static_cast<size_t>(got)})) break;
  }
  return std::move(reader).finish(Ending::kBrokenOff);
}

bool SoakConnection::waitForByte(std::chrono::milliseconds most) const {
  pollfd waiting{fd_, POLLIN, 0};
  return isOpen() && poll(&waiting, 1, static_cast<int>(most.count())) > 0;
}

void SoakConnection::reset() {
  if (!isOpen()) return;
  linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  fd_ = nullptr;
}

}  // namespace nano::soak
