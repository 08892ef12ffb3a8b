#include "supervisor/deployment.h"

#include "supervisor/bounded_json.h"

namespace nano {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kFormat = 1;
constexpr uint64_t kMaxPort = 65535;
constexpr uint64_t kMaxMillis = uint64_t{1} << 50;

// The strings of the list `key`, or nothing.
std::optional<std::vector<std::string>> stringsMember(const Json& json, const char* key) {
  auto list = json.find(key);
  if (list == json.end() || !list->is_array()) return std::nullopt;
  std::vector<std::string> strings;
  for (const Json& item : *list) {
    if (!item.is_string()) return std::nullopt;
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

Json triggersJson(const std::vector<CronTrigger>& triggers) {
  Json list = Json::array();
  for (const CronTrigger& trigger : triggers)
    list.push_back({{"cron", trigger.cron}, {"createdMillis", trigger.createdMillis}});
  return list;
}

// What is not there is none: deployments of before have no triggers.
std::optional<std::string> readTriggers(const Json& json, std::vector<CronTrigger>& triggers) {
  auto list = json.find("crons");
  if (list == json.end()) return std::nullopt;
  if (!list->is_array()) return "'crons' is not a list";
  for (const Json& item : *list) {
    auto cron = stringMember(item, "cron");
    auto created = numberMember(item, "createdMillis", kMaxMillis);
    if (!cron || !created) return "'crons' has something that is no trigger";
    triggers.push_back({*cron, static_cast<int64_t>(*created)});
  }
  return cronsProblem(cronsOf(triggers));
}

}  // namespace

std::string deploymentText(const Deployment& deployment) {
  Json routes = Json::array();
  for (const RoutePattern& route : deployment.routes)
    routes.push_back(route.text());
  return jsonLine({{"format", kFormat},
                   {"version", deployment.versionId},
                   {"routes", routes},
                   {"port", deployment.port},
                   {"deployedMillis", deployment.deployedMillis},
                   {"crons", triggersJson(deployment.triggers)},
                   {"previous", deployment.previous}}) +
         "\n";
}

std::variant<Deployment, std::string> parseDeployment(std::string_view text) {
  auto json = parseBoundedJson(text);
  if (!json || !json->is_object()) return "it is not a JSON object";
  auto version = stringMember(*json, "version");
  auto routes = stringsMember(*json, "routes");
  auto port = numberMember(*json, "port", kMaxPort);
  auto millis = numberMember(*json, "deployedMillis", kMaxMillis);
  auto previous = stringsMember(*json, "previous");
  if (numberMember(*json, "format", kFormat) != kFormat || !version || !routes || !port ||
      !millis || !previous) {
    return "'format', 'version', 'routes', 'port', 'deployedMillis' or 'previous' is missing or "
           "has "
           "a wrong value";
  }
  Deployment deployment;
  deployment.versionId = *version;
  deployment.port = static_cast<uint16_t>(*port);
  deployment.deployedMillis = static_cast<int64_t>(*millis);
  deployment.previous = *previous;
  for (const std::string& pattern : *routes) {
    auto route = parseRoutePattern(pattern);
    if (auto* problem = std::get_if<std::string>(&route)) return *problem;
    deployment.routes.push_back(std::get<RoutePattern>(route));
  }
  if (auto problem = readTriggers(*json, deployment.triggers)) return *problem;
  return deployment;
}

}  // namespace nano
