#include "tests/soak/soak_client.h"

#include <functional>
#include <thread>

namespace nano::soak {

namespace {

constexpr size_t kLeaveOneIn = 7;
// Past the 64 KB that travel within a message (protocol/limits.h), so that bodies are streams too.
constexpr size_t kLargestBody = 200'000;
constexpr size_t kSmallBody = 2'000;
constexpr size_t kMostLines = 60;
constexpr size_t kLongestWaitMillis = 40;
// How long a client that leaves waits before it does.
constexpr std::chrono::milliseconds kMoment{20};
constexpr std::chrono::milliseconds kLeaveHarmAfter{300};
// An app that is not in the world.
constexpr AppIndex kUnknownApp = kNobody - 1;

AppIndex appNamed(const World& world, const std::string& name) {
  if (name.empty()) return kNobody;
  for (size_t i = 0; i < world.apps.size(); i++) {
    if (world.apps[i].name == name) return static_cast<AppIndex>(i);
  }
  return kUnknownApp;
}

std::string requestText(const App& app, const Asked& asked, const std::string& path) {
  std::string body = requestBody(asked);
  std::string text = (body.empty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nHost: " + app.host +
                     "\r\nx-nonce: " + nonceText(asked.nonce) + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

}  // namespace

Micros now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

SoakClient::SoakClient(const World& world, uint16_t port, uint64_t seed, std::vector<AppIndex> apps)
    : world_(world),
      port_(port),
      random_(seed),
      apps_(std::move(apps)) {}

Asked SoakClient::randomQuestion() {
  Asked asked;
  asked.nonce = random_();
  switch (random(9)) {
    case 0:
    case 1:
      asked.question = Question::kWait;
      asked.size = random(kLongestWaitMillis);
      break;
    case 2:
      asked.question = Question::kEcho;
      asked.size = 1 + random(kSmallBody);
      break;
    case 3:
      asked.question = Question::kEcho;
      asked.size = 1 + random(kLargestBody);
      break;
    case 4:
      asked.question = Question::kPipe;
      asked.size = 1 + random(kLargestBody);
      break;
    case 5:
      asked.question = Question::kStream;
      asked.size = 1 + random(kMostLines);
      break;
    default:
      break;
  }
  return asked;
}

void SoakClient::ask() {
  AppIndex app = apps_[random(apps_.size() - 1)];
  Asked asked = randomQuestion();
  auto leave = Leave::kNever;
  if (random(kLeaveOneIn - 1) == 0) leave = static_cast<Leave>(1 + random(2));
  exchange(app, asked, pathOf(asked), leave);
}

bool SoakClient::askPlain(AppIndex app) {
  Asked asked;
  asked.nonce = random_();
  exchange(app, asked, pathOf(asked), Leave::kNever);
  return answers_.back().status == 200 && answers_.back().ending == Ending::kWhole;
}

void SoakClient::askForHarm(AppIndex app, const Harm& harm) {
  Asked asked;
  asked.nonce = random_();
  if (harm.client == Harm::Client::kWait) {
    exchange(app, asked, std::string(harm.path), Leave::kNever);
    return;
  }
  SoakConnection leaver(port_);
  leaver.send(requestText(world_.apps[app], asked, std::string(harm.path)));
  leaver.waitForByte(kLeaveHarmAfter);
  leaver.reset();
}

void SoakClient::beRude() {
  SoakConnection connection(port_);
  std::string host = world_.apps[apps_[random(apps_.size() - 1)]].host;
  std::string head = "GET /plain HTTP/1.1\r\nHost: " + host + "\r\n";
  switch (random(4)) {
    case 0:
      connection.send(std::string("\0\x01nothing like a request\r\n\r\n", 28));
      break;
    case 1:
      connection.send(head.substr(0, 1 + random(head.size() - 1)));
      break;
    case 2:  // Framing that two readers read in two ways.
      connection.send(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      break;
    case 3:
      connection.send(head + "x-long: " + std::string(100'000, 'a') + "\r\n\r\n");
      break;
    default:
      for (int i = 0; i < 20; i++)
        connection.send(head + "\r\n");
  }
  connection.waitForByte(std::chrono::milliseconds(random(static_cast<size_t>(kMoment.count()))));
  connection.reset();
}

void SoakClient::pause(std::chrono::milliseconds most) {
  auto micros = static_cast<size_t>(std::chrono::microseconds(most).count());
  std::this_thread::sleep_for(std::chrono::microseconds(random(micros)));
}

void SoakClient::exchange(AppIndex app, const Asked& asked, const std::string& path, Leave leave) {
  Answer answer;
  answer.app = app;
  answer.nonce = asked.nonce;
  std::string request = requestText(world_.apps[app], asked, path);
  answer.start = now();
  auto received = sendAndReceive(request, leave);
  answer.end = now();
  record(answer, asked, received);
  if (received.connection == Received::After::kClosed) connection_ = nullptr;
}

Received SoakClient::sendAndReceive(const std::string& request, Leave leave) {
  if (connection_ == nullptr) connection_ = std::make_unique<SoakConnection>(port_);
  Received left;
  left.ending = Ending::kAborted;
  switch (leave) {
    case Leave::kWhileSending:
      connection_->send(std::string_view(request).substr(0, random(request.size() - 1)));
      connection_->waitForByte(std::chrono::milliseconds(random(2)));
      connection_->reset();
      return left;
    case Leave::kBeforeAnswer: {
      connection_->send(request);
      auto most = static_cast<size_t>(kMoment.count());
      connection_->waitForByte(std::chrono::milliseconds(random(most)));
      connection_->reset();
      return left;
    }
    case Leave::kWhileReading: {
      connection_->send(request);
      auto received = connection_->receive(1 + random(kSmallBody));
      if (received.ending == Ending::kAborted) connection_->reset();
      return received;
    }
    case Leave::kNever:
      break;
  }
  connection_->send(request);
  return connection_->receive();
}

void SoakClient::record(Answer answer, const Asked& asked, const Received& received) {
  answer.status = received.status;
  answer.ending = received.ending;
  if (received.status != 0) answer.answeredBy = appNamed(world_, received.appName);
  if (answer.answeredBy != kNobody) {
    answer.version = received.version;
    answer.answeredNonce = received.nonce;
    std::string expected = expectedBody(asked, world_.apps[answer.app].name, received.version);
    if (received.ending != Ending::kWhole && received.body.size() < expected.size()) {
      expected.resize(received.body.size());
    }
    answer.bodyHash = std::hash<std::string>()(received.body);
    answer.expectedHash = std::hash<std::string>()(expected);
  }
  answers_.push_back(answer);
}

}  // namespace nano::soak
