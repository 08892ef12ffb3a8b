#include "supervisor/control_api.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/app_names.h"
#include "supervisor/cron/schedules_request.h"
#include "supervisor/deploy_request.h"
#include "supervisor/egress/egress_explanation.h"
#include "supervisor/egress/served_hosts.h"
#include "supervisor/metrics.h"
#include "supervisor/multipart.h"
#include "supervisor/process_log.h"
#include "supervisor/service_bindings.h"

namespace nano {
namespace {

// An upload: the modules, and room for metadata and the form around them.
constexpr size_t kMaxUploadBytes = kMaxBundleBytes + (1 << 20);
constexpr size_t kDefaultTail = 100;

std::string_view fieldOf(const RequestHead& head, std::string_view name) {
  for (const HttpField& field : head.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

ControlReply tooLarge() {
  return failure(413, ControlCode::kTooLarge,
                 "the upload is larger than " + std::to_string(kMaxUploadBytes) +
                     " bytes: an app's modules may have " + std::to_string(kMaxBundleBytes));
}

ControlReply noSuchApp(const ControlRoute& route) {
  return failure(404, ControlCode::kNoSuchApp,
                 "tenant " + inQuotes(route.tenant) + " has no app " + inQuotes(route.app));
}

const char* doneWord(ControlAction action) {
  if (action == ControlAction::kDelete) return "deleted ";
  return action == ControlAction::kSetSchedules ? "set the cron triggers of " : "deployed ";
}

// "192.0.2.1,2001:db8::1"
std::variant<std::vector<IpAddress>, std::string> parseAddresses(std::string_view text) {
  std::vector<IpAddress> addresses;
  while (!text.empty()) {
    std::string_view each = text.substr(0, text.find(','));
    text.remove_prefix(std::min(each.size() + 1, text.size()));
    auto address = parseIpAddress(each);
    if (!address) return inQuotes(each) + " is not an IP address";
    addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

// One request that is not answered at once. A change that is under way keeps it alive beyond its
// exchange.
class ControlApi::Call final : public kj::Refcounted {
 public:
  Call(HttpExchange& client, ControlRoute asked) : exchange(&client), route(std::move(asked)) {}

  HttpExchange* exchange;  // Null once it is answered or gone.
  ControlRoute route;
  std::string upload;
  kj::Own<AppLog::Follower> follower;
  // What goes on for the exchange; ends with it.
  kj::Promise<void> work = kj::NEVER_DONE;
};

ControlApi::ControlApi(Parts parts, uint16_t httpPort)
    : parts_(parts),
      httpPort_(httpPort),
      tasks_(*this) {}

ControlApi::~ControlApi() noexcept(false) = default;

void ControlApi::handle(HttpExchange& exchange) {
  const RequestHead& head = exchange.head();
  ControlRoute route = findControlRoute(head.method, head.target);
  if (route.action == ControlAction::kUnknownPath) {
    return send(exchange, failure(404, ControlCode::kUnknownPath,
                                  "the control API has no " + inQuotes(head.target)));
  }
  if (route.action == ControlAction::kWrongMethod) {
    auto reply = failure(405, ControlCode::kWrongMethod,
                         inQuotes(head.target) + " takes " + route.allowed + " only");
    reply.allow = route.allowed;
    return send(exchange, reply);
  }
  bool all = route.action == ControlAction::kListAll || route.action == ControlAction::kStatus ||
             route.action == ControlAction::kMetrics;
  std::optional<std::string> problem;
  if (!all) problem = nameProblem(route.tenant);
  if (!all && !problem && route.action != ControlAction::kListTenant) {
    problem = nameProblem(route.app);
  }
  if (problem) return send(exchange, failure(400, ControlCode::kInvalid, *problem));
  if (route.action == ControlAction::kListAll) return send(exchange, list(nullptr));
  if (route.action == ControlAction::kListTenant) return send(exchange, list(&route.tenant));
  if (route.action == ControlAction::kLimits) return send(exchange, limits(route));
  if (route.action == ControlAction::kSchedules) return send(exchange, schedules(route));

  auto owned = kj::refcounted<Call>(exchange, kj::mv(route));
  Call& call = *owned;
  calls_[&exchange] = kj::mv(owned);
  if (call.route.action == ControlAction::kDeploy) return readUpload(call);
  if (call.route.action == ControlAction::kSetSchedules) return readUpload(call);
  if (call.route.action == ControlAction::kDelete) return remove(call);
  if (call.route.action == ControlAction::kStatus) return status(call);
  if (call.route.action == ControlAction::kMetrics) return metrics(call);
  if (call.route.action == ControlAction::kEgress) return egress(call);
  logs(call);
}

void ControlApi::abandoned(HttpExchange& exchange) {
  auto entry = calls_.find(&exchange);
  if (entry == calls_.end()) return;
  kj::Own<Call> call = kj::mv(entry->second);
  calls_.erase(entry);
  call->exchange = nullptr;
  call->work = kj::NEVER_DONE;
}

ControlReply ControlApi::list(const std::string* tenant) const {
  auto apps = nlohmann::json::array();
  for (const DeployedApp& app : parts_.registry.list()) {
    if (tenant == nullptr || app.version->tenant == *tenant) {
      apps.push_back(appJson(app, httpPort_));
    }
  }
  return success(kj::mv(apps));
}

ControlReply ControlApi::limits(const ControlRoute& route) const {
  auto app = parts_.registry.find(route.tenant, route.app);
  if (!app) return noSuchApp(route);
  return success(limitsJson(*app, parts_.policy.limitsOf(*app->version)));
}

ControlReply ControlApi::schedules(const ControlRoute& route) const {
  auto app = parts_.registry.find(route.tenant, route.app);
  if (!app) return noSuchApp(route);
  return success(schedulesJson(*app));
}

// ?url=URL, percent-encoded, and perhaps &address=A,B,...: which addresses the URL's host has.
void ControlApi::egress(Call& call) {
  auto app = parts_.registry.find(call.route.tenant, call.route.app);
  if (!app) return answer(call, noSuchApp(call.route));
  std::string url = percentDecoded(queryParameter(call.route.query, "url").value_or(""));
  auto asked = parseAskedUrl(url);
  if (auto* why = std::get_if<std::string>(&asked)) {
    return answer(call, success({{"url", url}, {"refused", *why}}));
  }
  auto& destination = std::get<Destination>(asked);
  std::string named = percentDecoded(queryParameter(call.route.query, "address").value_or(""));
  if (auto own = parseIpAddress(destination.host)) named = toString(*own);
  auto addresses = parseAddresses(named);
  if (auto* why = std::get_if<std::string>(&addresses)) {
    return answer(call, failure(400, ControlCode::kInvalid, *why));
  }
  auto policy = parts_.policy.egressOf(*app->version);
  auto router = parts_.deployer.router();
  auto served = findServedHost(*router, call.route.tenant, destination,
                               [this](uint16_t port) { return listensOn(port); });
  if (served) {
    auto result = explainServed(*policy, destination, *served);
    result["url"] = url;
    return answer(call, success(kj::mv(result)));
  }
  auto reply = [this, &call, destination, url, policy, router](const Resolution& found) {
    const auto* known = std::get_if<std::vector<IpAddress>>(&found);
    auto result = explainEgress(*policy, destination, known ? *known : std::vector<IpAddress>());
    result["url"] = url;
    explainArrival(*router, destination, result);
    if (auto* none = std::get_if<NameNotFound>(&found)) {
      result["not_found"] = none->reason;
      result["allowed"] = false;
    }
    answer(call, success(kj::mv(result)));
  };
  auto& known = std::get<std::vector<IpAddress>>(addresses);
  if (!known.empty() || parts_.resolver == nullptr) return reply(Resolution(kj::mv(known)));
  run(call, parts_.resolver->resolve(destination.host).then(kj::mv(reply)));
}

bool ControlApi::listensOn(uint16_t port) const {
  return parts_.servedPorts == nullptr ? port == httpPort_ : parts_.servedPorts->has(port);
}

void ControlApi::readUpload(Call& call) {
  HttpExchange& exchange = *call.exchange;
  if (exchange.bodyLength().value_or(0) > kMaxUploadBytes) return answer(call, tooLarge());
  if (exchange.bodyKind() == HttpExchange::BodyKind::kStream) return run(call, readOn(call));
  if (exchange.bodyKind() == HttpExchange::BodyKind::kWhole) {
    auto body = exchange.wholeBody();
    call.upload.assign(reinterpret_cast<const char*>(body.data()), body.size());
  }
  take(call);
}

// The whole body is there.
void ControlApi::take(Call& call) {
  if (call.route.action == ControlAction::kDeploy) return deploy(call);
  setSchedules(call);
}

void ControlApi::setSchedules(Call& call) {
  auto crons = parseSchedules(call.upload);
  call.upload = std::string();
  if (auto* problem = std::get_if<std::string>(&crons)) {
    return answer(call, failure(400, ControlCode::kInvalid, *problem));
  }
  whenDone(call,
           parts_.deployer.setCrons(call.route.tenant, call.route.app,
                                    std::get<std::vector<std::string>>(kj::mv(crons))),
           std::make_shared<std::vector<std::string>>());
}

kj::Promise<void> ControlApi::readOn(Call& call) {
  return call.exchange->readBody(kMaxReadBytes)
      .then([this, &call](auto piece) -> kj::Promise<void> {
        if (piece.size() == 0) {
          take(call);
          return kj::READY_NOW;
        }
        if (call.upload.size() + piece.size() > kMaxUploadBytes) {
          answer(call, tooLarge());
          return kj::READY_NOW;
        }
        call.upload.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
        return readOn(call);
      });
}

void ControlApi::deploy(Call& call) {
  auto refuse = [this, &call](const std::string& problem) {
    answer(call, failure(400, ControlCode::kInvalid, problem));
  };
  auto parts = parseMultipart(fieldOf(call.exchange->head(), "content-type"), call.upload);
  if (auto* problem = std::get_if<std::string>(&parts)) return refuse(*problem);
  auto parsed =
      parseDeployRequest(call.route.tenant, call.route.app, std::get<std::vector<FormPart>>(parts));
  if (auto* problem = std::get_if<std::string>(&parsed)) return refuse(*problem);
  call.upload = std::string();
  auto& request = std::get<DeployRequest>(parsed);
  auto notes = std::make_shared<std::vector<std::string>>(std::move(request.notes));
  for (std::string& note : parts_.policy.notes(request.upload.version))
    notes->push_back(std::move(note));
  auto isWanted = [held = kj::addRef(call)] { return held->exchange != nullptr; };
  // std::function wants to copy what it holds.
  auto shared = std::make_shared<decltype(isWanted)>(kj::mv(isWanted));
  auto change = parts_.deployer.deploy(
      kj::mv(request), [shared] { return (*shared)(); }, notes);
  whenDone(call, kj::mv(change), kj::mv(notes));
}

void ControlApi::remove(Call& call) {
  AppLog::AppName name{call.route.tenant, call.route.app};
  auto removed = parts_.deployer.remove(call.route.tenant, call.route.app)
                     .then([this, name](AppDeployer::Result result) {
                       if (std::holds_alternative<DeployedApp>(result)) parts_.log.forget(name);
                       return result;
                     });
  whenDone(call, kj::mv(removed),
           std::make_shared<std::vector<std::string>>(
               lostServices(parts_.registry.list(), call.route.tenant, call.route.app)));
}

void ControlApi::whenDone(Call& call, kj::Promise<AppDeployer::Result> change,
                          AppDeployer::Notes notes) {
  auto done = change.then(
      [this, held = kj::addRef(call), notes = kj::mv(notes)](AppDeployer::Result result) mutable {
        if (auto* refusal = std::get_if<DeployRefusal>(&result)) {
          LOG(INFO) << "refused for " << held->route.tenant << "/" << held->route.app << ": "
                    << asLogLine(refusal->message);
          return answer(*held, failure(*refusal));
        }
        const auto& app = std::get<DeployedApp>(result);
        LOG(INFO) << doneWord(held->route.action) << held->route.tenant << "/" << held->route.app
                  << " " << app.version->id;
        bool isSchedules = held->route.action == ControlAction::kSetSchedules;
        answer(*held, success(isSchedules ? schedulesJson(app) : appJson(app, httpPort_), *notes));
      },
      [this, held = kj::addRef(call)](kj::Exception&& exception) mutable {
        LOG(ERROR) << "control API: " << kj::str(exception).cStr();
        answer(*held, failure(500, ControlCode::kInternal,
                              "the change failed inside nanod, see its log; 'list' says what is "
                              "live now"));
      });
  tasks_.add(kj::mv(done));
}

void ControlApi::status(Call& call) {
  run(call, parts_.server.status().then([this, &call](ServerStatus now) {
    answer(call, success(statusJson(now, parts_.registry.list().size())));
  }));
}

void ControlApi::metrics(Call& call) {
  run(call, parts_.server.status().then([this, &call](ServerStatus now) {
    if (call.exchange == nullptr) return;
    HttpExchange& exchange = *call.exchange;
    forget(call);
    sendMetrics(exchange,
                metricsText({parts_.server.counters(), now, parts_.registry.list().size()}));
  }));
}

void ControlApi::logs(Call& call) {
  const ControlRoute& route = call.route;
  if (!parts_.registry.find(route.tenant, route.app)) return answer(call, noSuchApp(route));
  size_t count = kDefaultTail;
  if (auto tail = queryParameter(route.query, "tail")) {
    const char* end = tail->data() + tail->size();
    auto [stop, error] = std::from_chars(tail->data(), end, count);
    if (error != std::errc() || stop != end) {
      return answer(call, failure(400, ControlCode::kInvalid, "'tail' is not a number of lines"));
    }
  }
  AppLog::AppName name{route.tenant, route.app};
  bool follows = queryParameter(route.query, "follow").value_or("0") != "0";
  if (follows) {
    KJ_IF_MAYBE(follower, parts_.log.follow(name)) {
      call.follower = kj::mv(*follower);
    } else {
      return answer(
          call, failure(429, ControlCode::kBusy, "this app's log is followed by too many already"));
    }
  }
  const HttpField type{"content-type", "application/x-ndjson"};
  ResponseHead head;
  head.fields = std::span(&type, 1);
  call.exchange->start(head, std::nullopt);
  std::string text = logText(parts_.log.tail(name, count));
  kj::Promise<void> written = kj::READY_NOW;
  if (!text.empty()) written = call.exchange->write(std::as_bytes(std::span(text)));
  run(call, written.then([this, &call]() -> kj::Promise<void> {
    if (call.follower.get() != nullptr) return followLog(call);
    HttpExchange& exchange = *call.exchange;
    forget(call);
    exchange.end();
    return kj::READY_NOW;
  }));
}

kj::Promise<void> ControlApi::followLog(Call& call) {
  return call.follower->next()
      .then([&call](std::vector<AppLog::Line> lines) {
        std::string text = logText(lines);
        return call.exchange->write(std::as_bytes(std::span(text)));
      })
      .then([this, &call] { return followLog(call); });
}

void ControlApi::run(Call& call, kj::Promise<void> promise) {
  call.work = promise.eagerlyEvaluate([this, &call](kj::Exception&& exception) {
    LOG(WARNING) << "control API: " << kj::str(exception).cStr();
    if (call.exchange == nullptr) return;
    if (call.follower.get() != nullptr) {
      HttpExchange& exchange = *call.exchange;
      forget(call);
      return exchange.abort();
    }
    answer(call, failure(400, ControlCode::kInvalid, "the request broke off or nanod failed"));
  });
}

void ControlApi::answer(Call& call, const ControlReply& reply) {
  if (call.exchange == nullptr) return;
  HttpExchange& exchange = *call.exchange;
  forget(call);
  send(exchange, reply);
}

// The call may be in the middle of its own work, so it dies a turn later.
void ControlApi::forget(Call& call) {
  auto entry = calls_.find(call.exchange);
  KJ_REQUIRE(entry != calls_.end() && entry->second.get() == &call);
  call.exchange = nullptr;
  tasks_.add(kj::evalLater([held = kj::mv(entry->second)] {}));
  calls_.erase(entry);
}

void ControlApi::taskFailed(kj::Exception&& exception) {
  LOG(ERROR) << "control API: " << kj::str(exception).cStr();
}

}  // namespace nano
