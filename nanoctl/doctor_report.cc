#include "nanoctl/doctor_report.h"

#include <cstdio>

namespace nano {

namespace {

using nlohmann::json;

// "NAME  STATE  DETAIL", in columns.
std::string row(const std::string& name, const std::string& state, const std::string& detail) {
  char columns[64];
  snprintf(columns, sizeof columns, "  %-18s %-9s", name.c_str(), state.c_str());
  std::string line = columns;
  if (!detail.empty()) line += " " + detail;
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string advice(const std::string& text) {
  return text.empty() ? std::string() : "      to do: " + text + "\n";
}

std::string describeLayer(const json& layer) {
  return row(layer.value("layer", "?"), layer.value("state", "?"), layer.value("detail", "")) +
         advice(layer.value("remedy", ""));
}

std::string describeTrial(const json& trial) {
  std::string name = "canary, " + trial.value("profile", "?");
  auto survivors = trial.value("survivors", json::array());
  std::string failure = trial.value("failure", "");
  if (!failure.empty()) return row(name, "missing", failure);
  if (survivors.empty()) {
    return row(name, "works", "stopped at " + std::to_string(trial.value("tried", 0)) + " acts");
  }
  std::string list;
  for (auto& survivor : survivors)
    list += (list.empty() ? "" : ", ") + survivor.get<std::string>();
  return row(name, "missing", "not stopped: " + list);
}

std::string describeVerdict(const json& report) {
  if (couldServe(report)) return "nanod could serve on this machine.\n";
  std::string missing;
  for (auto& layer : report["layers"]) {
    if (layer.value("state", "") != "missing") continue;
    missing += (missing.empty() ? "" : ", ") + layer.value("layer", "?");
  }
  if (missing.empty()) return "nanod would refuse to serve: the canary is not stopped.\n";
  return "nanod would refuse to serve: missing " + missing + ".\n";
}

}  // namespace

Result<json> parseDoctorReport(std::string_view text) {
  json report = json::parse(text, nullptr, false);
  bool whole = report.is_object() && report.contains("serves") && report["serves"].is_boolean() &&
               report.contains("layers") && report["layers"].is_array() &&
               report.contains("canary") && report["canary"].is_array();
  if (!whole) return Failure{"nano-canary did not finish its report"};
  return report;
}

bool couldServe(const json& report) { return report.value("serves", false); }

std::string describeReport(const json& report) {
  std::string text = "kernel " + report.value("kernel", "?") + " (" +
                     report.value("architecture", "?") + "), tried as user " +
                     std::to_string(report.value("user", 0U)) + "\n";
  for (auto& layer : report["layers"])
    text += describeLayer(layer);
  for (auto& trial : report["canary"])
    text += describeTrial(trial);
  text += report.value("pku", false)
              ? row("protection keys", "works", "")
              : row("protection keys", "absent", "this processor has none; nothing needs them");
  return text + describeVerdict(report);
}

}  // namespace nano
