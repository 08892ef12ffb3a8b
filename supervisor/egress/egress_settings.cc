#include "supervisor/egress/egress_settings.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

#include "supervisor/app_names.h"
#include "supervisor/egress/destination.h"
#include "supervisor/egress/host_name.h"

namespace nano {
namespace {

using Json = nlohmann::json;
using Kind = LocatedJson::Kind;
using Problem = std::optional<EgressSettingsProblem>;
using Host = EgressRule::Host;

// What "private": true stands for.
constexpr std::string_view kPrivateBlocks[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                               "100.64.0.0/10", "fc00::/7"};

// Values of everything an app may say; more is not looked at.
constexpr size_t kMaxAppValues = kMaxAppEgressRules * 4 * (kMaxEgressRuleEntries + 4);

std::optional<uint16_t> parsePort(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  bool good = error == std::errc() && end == text.data() + text.size() && port > 0;
  return good ? std::optional(port) : std::nullopt;
}

std::optional<EgressRule::Ports> parsePorts(const LocatedJson& json) {
  if (json.kind == Kind::kNumber && json.number > 0 && json.number <= 65535) {
    auto port = static_cast<uint16_t>(json.number);
    return EgressRule::Ports{port, port};
  }
  if (json.kind != Kind::kString) return std::nullopt;
  std::string_view text = json.text;
  size_t dash = std::min(text.find('-'), text.size());
  auto first = parsePort(text.substr(0, dash));
  auto last = dash == text.size() ? first : parsePort(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return EgressRule::Ports{*first, *last};
}

// Lower case and without a trailing dot, as the host of a destination is.
std::variant<Host, std::string> parseHost(std::string_view written) {
  std::string text(written);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (text == "*") return Host{Host::Kind::kAny, ""};
  Host host{Host::Kind::kExact, std::move(text)};
  if (host.name.starts_with("*.")) {
    host.kind = Host::Kind::kBelow;
    host.name.erase(0, 2);
  }
  if (host.name.ends_with('.')) host.name.pop_back();
  if (parseIpAddress(host.name)) return "is an address: it goes into 'cidr'";
  if (auto why = hostNameProblem(host.name)) {
    return *why + ": write example.com, *.example.com for all names below it, or *";
  }
  return host;
}

// Reads the settings, each to its place. The first problem ends it.
class SettingsReader final {
 public:
  explicit SettingsReader(EgressAuthor author) : author_(author) {}

  Problem read(const LocatedJson& json, const std::string& where, EgressSettings& into) {
    if (json.kind == Kind::kString && json.text == "none") {
      into.isNone = true;
      return std::nullopt;
    }
    if (json.kind != Kind::kObject) return mustBe(json, where, "\"none\" or an object");
    for (const auto& [key, value] : json.members) {
      if (auto problem = readKey(value, where, key, into)) return problem;
    }
    return std::nullopt;
  }

 private:
  static Problem at(const LocatedJson& json, const std::string& what) {
    return EgressSettingsProblem{json.line, what};
  }
  static Problem mustBe(const LocatedJson& json, const std::string& where,
                        const std::string& what) {
    return at(json, where + " must be " + what);
  }
  static Problem tooMany(const LocatedJson& json, const std::string& where) {
    return at(json, where + " has more than " + std::to_string(kMaxEgressRuleEntries) + " entries");
  }
  static Problem unknown(const LocatedJson& json, const std::string& where, std::string_view key,
                         const std::string& known) {
    return at(json,
              where + ": nanod does not know the key " + inQuotes(key) + "; it knows " + known);
  }

  Problem readKey(const LocatedJson& json, const std::string& where, const std::string& key,
                  EgressSettings& into) {
    std::string name = where + "." + key;
    if (key == "rules") return readRules(json, name, into.rules);
    if (author_ == EgressAuthor::kApp) return unknown(json, where, key, "rules");
    if (key == "proxy") return readProxy(json, name, into);
    if (key != "dns_private") return unknown(json, where, key, "rules, proxy, dns_private");
    if (json.kind == Kind::kString && json.text == "drop")
      into.mixed = EgressSettings::Mixed::kDrop;
    if (json.kind == Kind::kString && json.text == "refuse") {
      into.mixed = EgressSettings::Mixed::kRefuse;
    }
    if (into.mixed) return std::nullopt;
    return mustBe(json, name, "\"drop\" or \"refuse\"");
  }

  static Problem readProxy(const LocatedJson& json, const std::string& where,
                           EgressSettings& into) {
    constexpr char kForm[] = "\"none\" or a URL like \"http://proxy.example:3128\"";
    if (json.kind != Kind::kString) return mustBe(json, where, kForm);
    std::string url = json.text == "none" ? "" : json.text;
    if (url.ends_with('/')) url.pop_back();
    if (!url.empty()) {
      auto parsed = parseDestination(url + "/");
      if (auto* why = std::get_if<std::string>(&parsed)) return at(json, where + ": " + *why);
      const auto& proxy = std::get<Destination>(parsed);
      bool isPlain = proxy.scheme == Destination::Scheme::kHttp && proxy.target == "/";
      if (!isPlain) return mustBe(json, where, kForm);
    }
    into.proxy = std::move(url);
    return std::nullopt;
  }

  Problem readRules(const LocatedJson& json, const std::string& where,
                    std::vector<EgressRule>& into) {
    if (json.kind != Kind::kList) return mustBe(json, where, "a list of rules");
    size_t most = author_ == EgressAuthor::kApp ? kMaxAppEgressRules : kMaxOperatorEgressRules;
    if (json.elements.size() > most) {
      return at(json, where + " has more than " + std::to_string(most) + " rules");
    }
    for (size_t i = 0; i < json.elements.size(); ++i) {
      std::string name = where + "[" + std::to_string(i) + "]";
      if (auto problem = readRule(json.elements[i], name, into.emplace_back())) return problem;
    }
    return std::nullopt;
  }

  static Problem readRule(const LocatedJson& json, const std::string& where, EgressRule& into) {
    bool good = json.kind == Kind::kObject && json.members.size() == 1 &&
                (json.members[0].key == "allow" || json.members[0].key == "deny");
    if (!good) return mustBe(json, where, "{\"allow\": {...}} or {\"deny\": {...}}");
    const auto& [action, conditions] = json.members[0];
    if (action == "allow") into.action = EgressRule::Action::kAllow;
    std::string name = where + "." + action;
    if (conditions.kind != Kind::kObject) return mustBe(conditions, name, "an object");
    for (const auto& [key, value] : conditions.members) {
      if (auto problem = readCondition(value, name, key, into)) return problem;
    }
    // Those of `private` as well.
    if (into.blocks.size() > kMaxEgressRuleEntries) return tooMany(conditions, name + ".cidr");
    return std::nullopt;
  }

  static Problem readCondition(const LocatedJson& json, const std::string& where,
                               const std::string& key, EgressRule& into) {
    std::string name = where + "." + key;
    if (key == "host") return readList(json, name, into, &readHost);
    if (key == "cidr") return readList(json, name, into, &readBlock);
    if (key == "ports") return readList(json, name, into, &readPorts);
    if (key == "scheme") return readList(json, name, into, &readScheme);
    if (key != "private") return unknown(json, where, key, "host, cidr, private, ports, scheme");
    // As a condition `false` would be empty, and so be met by everything.
    if (json.kind != Kind::kBoolean || json.number == 0) {
      return mustBe(json, name, "true, or be left out");
    }
    for (std::string_view block : kPrivateBlocks)
      into.blocks.push_back(std::get<Cidr>(parseCidr(block)));
    return std::nullopt;
  }

  // One entry, or a list of them.
  template <typename ReadEntry>
  static Problem readList(const LocatedJson& json, const std::string& where, EgressRule& into,
                          ReadEntry readEntry) {
    if (json.kind != Kind::kList) return readEntry(json, where, into);
    // An empty condition would be met by everything, which nobody means who writes a list.
    if (json.elements.empty()) return at(json, where + " is an empty list: leave it out");
    if (json.elements.size() > kMaxEgressRuleEntries) {
      return tooMany(json, where);
    }
    for (const LocatedJson& element : json.elements) {
      if (auto problem = readEntry(element, where, into)) return problem;
    }
    return std::nullopt;
  }

  static Problem readHost(const LocatedJson& json, const std::string& where, EgressRule& into) {
    if (json.kind != Kind::kString) return mustBe(json, where, "a name like \"*.example.com\"");
    auto host = parseHost(json.text);
    if (auto* why = std::get_if<std::string>(&host)) {
      return at(json, where + ": " + inQuotes(json.text) + " " + *why);
    }
    into.hosts.push_back(std::get<Host>(std::move(host)));
    return std::nullopt;
  }

  static Problem readBlock(const LocatedJson& json, const std::string& where, EgressRule& into) {
    if (json.kind != Kind::kString) return mustBe(json, where, "a block like \"10.1.0.0/16\"");
    auto block = parseCidr(json.text);
    if (auto* why = std::get_if<std::string>(&block)) {
      return at(json, where + ": " + inQuotes(json.text) + " " + *why);
    }
    into.blocks.push_back(std::get<Cidr>(block));
    return std::nullopt;
  }

  static Problem readPorts(const LocatedJson& json, const std::string& where, EgressRule& into) {
    auto ports = parsePorts(json);
    if (!ports) return mustBe(json, where, "ports like 443 or \"8000-8999\", from 1 to 65535");
    into.ports.push_back(*ports);
    return std::nullopt;
  }

  static Problem readScheme(const LocatedJson& json, const std::string& where, EgressRule& into) {
    auto scheme = json.kind == Kind::kString ? schemeNamed(json.text) : std::nullopt;
    if (!scheme) return mustBe(json, where, "\"http\", \"https\", \"tcp\" or \"tls\"");
    into.schemes.push_back(*scheme);
    return std::nullopt;
  }

  EgressAuthor author_;
};

std::string hostText(const Host& host) {
  if (host.kind == Host::Kind::kAny) return "*";
  return (host.kind == Host::Kind::kBelow ? "*." : "") + host.name;
}

Json portsJson(const EgressRule::Ports& ports) {
  if (ports.first == ports.last) return ports.first;
  return std::to_string(ports.first) + "-" + std::to_string(ports.last);
}

// The key with one entry for each of `list`, where there are any.
template <typename List, typename ToJson>
void addList(Json& json, const char* key, const List& list, ToJson toJson) {
  for (const auto& entry : list)
    json[key].push_back(toJson(entry));
}

}  // namespace

std::variant<EgressSettings, EgressSettingsProblem> readEgressSettings(const LocatedJson& json,
                                                                       const std::string& where,
                                                                       EgressAuthor author) {
  EgressSettings settings;
  if (auto problem = SettingsReader(author).read(json, where, settings)) return *problem;
  return settings;
}

std::variant<EgressSettings, std::string> readAppEgress(const Json& json,
                                                        const std::string& where) {
  auto located = locatedJson(json, kMaxAppValues);
  if (auto* why = std::get_if<std::string>(&located)) return where + ": " + *why;
  auto settings = readEgressSettings(std::get<LocatedJson>(located), where, EgressAuthor::kApp);
  if (auto* problem = std::get_if<EgressSettingsProblem>(&settings)) return problem->what;
  return std::get<EgressSettings>(std::move(settings));
}

Json appEgressJson(const EgressSettings& settings) {
  if (settings.isNone) return "none";
  Json rules = Json::array();
  for (const EgressRule& rule : settings.rules) {
    Json conditions = Json::object();
    addList(conditions, "host", rule.hosts, hostText);
    addList(conditions, "cidr", rule.blocks, [](const Cidr& block) { return toString(block); });
    addList(conditions, "ports", rule.ports, portsJson);
    addList(conditions, "scheme", rule.schemes, schemeName);
    Json entry = Json::object();
    entry[rule.action == EgressRule::Action::kAllow ? "allow" : "deny"] = conditions;
    rules.push_back(std::move(entry));
  }
  Json json = Json::object();
  json["rules"] = std::move(rules);
  return json;
}

}  // namespace nano
